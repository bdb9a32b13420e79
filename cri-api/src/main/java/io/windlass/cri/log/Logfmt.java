package io.windlass.cri.log;

/**
 * One line of {@code key=value} pairs for the log. Values with blanks, quotes or control characters are quoted, so that a line stays a line.
 *
 * <pre>
 * Logfmt.event("rpc").field("method", "StartContainer").field("ms", 3).toString()   // event=rpc method=StartContainer ms=3
 * </pre>
 */
public final class Logfmt {

    static final String START = "event=";

    private final StringBuilder line;

    private Logfmt(String event) {
        this.line = new StringBuilder(128).append(START).append(event);
    }

    /** A line about one kind of event. */
    public static Logfmt event(String name) {
        return new Logfmt(name);
    }

    /** Adds a pair; an empty value is left out. */
    public Logfmt field(String key, Object value) {
        String text = value.toString();
        if (!text.isEmpty()) {
            line.append(' ').append(key).append('=');
            quote(line, text);
        }
        return this;
    }

    @Override
    public String toString() {
        return line.toString();
    }

    static void quote(StringBuilder out, String text) {
        if (text.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f)) {
            out.append(text);
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format("\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
