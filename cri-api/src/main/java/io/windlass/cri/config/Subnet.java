package io.windlass.cri.config;

import tools.jackson.databind.JsonNode;

/** An IPv4 network in CIDR form with room for pods: a prefix of 8 to 29 bits. */
record Subnet() implements Kind<String> {

    @Override
    public String read(JsonNode node) {
        String text = Kind.text().read(node);
        String[] halves = text.split("/", -1);
        String[] bytes = halves[0].split("\\.", -1);
        boolean fits = halves.length == 2 && bytes.length == 4 && within(halves[1], 8, 29);
        for (String part : bytes) {
            fits &= within(part, 0, 255);
        }
        if (!fits) {
            throw new IllegalArgumentException("want an IPv4 network like 10.87.0.0/16 with a prefix of 8 to 29, not \"" + text + "\"");
        }
        return text;
    }

    @Override
    public String write(String value) {
        return Kind.text().write(value);
    }

    private static boolean within(String text, int least, int most) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int number = Integer.parseInt(text);
        return number >= least && number <= most;
    }
}
