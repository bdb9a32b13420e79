package io.windlass.snapshotter.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One challenge of a WWW-Authenticate header. See RFC 9110, section 11.
 *
 * @param scheme {@code bearer} or {@code basic}, lower case
 * @param parameters its parameters, names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** Parses all headers of that name; what is malformed ends the list. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> out = new ArrayList<>();
        for (String header : headers) {
            new Parser(header, out).run();
        }
        return out;
    }

    private static final class Parser {
        private final String text;
        private final List<Challenge> out;
        private int at;

        Parser(String text, List<Challenge> out) {
            this.text = text;
            this.out = out;
        }

        void run() {
            while (at < text.length()) {
                skip(" ,\t");
                String word = token();
                if (word.isEmpty()) {
                    return;
                }
                int after = at;
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=' && !out.isEmpty()) {
                    at++;
                    skip(" \t");
                    out.getLast().parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
                } else {
                    at = after;
                    out.add(new Challenge(word.toLowerCase(Locale.ROOT), new LinkedHashMap<>()));
                }
            }
        }

        private void skip(String what) {
            while (at < text.length() && what.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int begin = at;
            while (at < text.length() && " ,=\t\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(begin, at);
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                return token();
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }
    }
}
