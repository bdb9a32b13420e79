package io.windlass.cri.cli.args;

import org.jspecify.annotations.Nullable;

/**
 * One option of a verb.
 *
 * @param name  its long name without dashes
 * @param brief its letter, or 0 for none
 * @param value how the help names its value, or null for a flag
 * @param help  what it does, a phrase
 */
public record Option(String name, char brief, @Nullable String value, String help) {

    /** An option that is there or not. */
    public static Option flag(String name, char brief, String help) {
        return new Option(name, brief, null, help);
    }

    /** An option with a value; given several times, the verb decides whether the last counts or all. */
    public static Option of(String name, char brief, String value, String help) {
        return new Option(name, brief, value, help);
    }

    boolean takesValue() {
        return value != null;
    }

    /** How it is shown, such as {@code -o, --output FORMAT}. */
    String label() {
        return (brief == 0 ? "    " : "-" + brief + ", ") + "--" + name + (value == null ? "" : " " + value);
    }
}
