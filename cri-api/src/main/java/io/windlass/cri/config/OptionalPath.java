package io.windlass.cri.config;

import tools.jackson.databind.JsonNode;

/** An absolute path, or nothing: the empty text. */
record OptionalPath() implements Kind<String> {

    @Override
    public String read(JsonNode node) {
        String text = Kind.text().read(node);
        return text.isEmpty() ? text : Kind.path().read(node).toString();
    }

    @Override
    public String write(String value) {
        return Kind.text().write(value);
    }
}
