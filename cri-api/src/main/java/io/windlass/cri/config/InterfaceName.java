package io.windlass.cri.config;

import tools.jackson.databind.JsonNode;

/** The name of a network interface: 1 to 15 characters, none of them a slash, a colon or a blank; see netdevice(7). */
record InterfaceName() implements Kind<String> {

    @Override
    public String read(JsonNode node) {
        String text = Kind.text().read(node);
        boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':');
        if (text.isEmpty() || text.length() > 15 || !plain || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("want an interface name of 1 to 15 characters, not \"" + text + "\"");
        }
        return text;
    }

    @Override
    public String write(String value) {
        return Kind.text().write(value);
    }
}
