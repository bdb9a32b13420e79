package io.windlass.cri.config;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Names of runtime handlers as a RuntimeClass of node.k8s.io/v1 may have them: DNS labels, RFC 1123. */
record HandlerNames() implements Kind<Set<String>> {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @Override
    public Set<String> read(JsonNode node) {
        if (!node.isArray()) {
            throw new IllegalArgumentException("want a list of names");
        }
        var names = new LinkedHashSet<String>();
        for (JsonNode each : node) {
            String name = Kind.text().read(each);
            if (!LABEL.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "want names of lower-case letters, digits and inner '-', at most 63, not \"" + name + "\"");
            }
            names.add(name);
        }
        return names;
    }

    @Override
    public String write(Set<String> value) {
        return value.stream().map(Kind.text()::write).collect(Collectors.joining(", ", "[", "]"));
    }
}
