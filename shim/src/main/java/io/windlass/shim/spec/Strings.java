package io.windlass.shim.spec;

/** Checks of strings that become C strings. */
final class Strings {
    private Strings() {}

    /** @throws IllegalArgumentException if the value holds a NUL, which would cut it short in the kernel */
    static void requireNoNul(String what, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " holds a NUL byte: " + value.replace('\0', '?'));
        }
    }
}
