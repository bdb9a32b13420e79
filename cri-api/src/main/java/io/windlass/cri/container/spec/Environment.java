package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment of a container: names with their values, later ones replacing earlier ones at their place.
 *
 * <p>
 * The order is: defaults, the image's, the request's.
 */
public final class Environment {
    /** Where programs are searched if neither image nor request say it. */
    public static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Sets one variable.
     *
     * @throws CriException INVALID_ARGUMENT for a name that is empty or holds '=' or a control character, and for a value with a NUL
     */
    public Environment put(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || hasControl(name)) {
            throw CriException.invalidArgument("environment variable name \"" + printable(name)
                    + "\" is not valid: it must not be empty, nor hold '=' or control characters");
        }
        if (value.indexOf('\0') >= 0) {
            throw CriException.invalidArgument("value of environment variable " + name + " holds a NUL byte");
        }
        if (name.equals("HOME") && hasControl(value)) {
            throw CriException.invalidArgument("value of environment variable HOME holds control characters");
        }
        values.put(name, value);
        return this;
    }

    /** Sets the variables of an image, {@code NAME=value} each; an entry without '=' unsets. */
    public Environment putAll(List<String> entries) {
        for (var entry : entries) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                put(entry.substring(0, equals), entry.substring(equals + 1));
            } else {
                values.remove(entry);
            }
        }
        return this;
    }

    /** Sets a variable unless it is there. */
    public Environment putIfAbsent(String name, String value) {
        return values.containsKey(name) ? this : put(name, value);
    }

    /** Returns {@code NAME=value} strings. */
    public List<String> entries() {
        var entries = new ArrayList<String>(values.size());
        values.forEach((name, value) -> entries.add(name + "=" + value));
        return entries;
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String printable(String text) {
        return text.codePoints().map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
