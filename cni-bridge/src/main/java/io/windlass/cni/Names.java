package io.windlass.cni;

/** What may stand in the names that CNI puts into environments and paths (CNI specification 1.1, section 2). */
final class Names {
    private static final int IFNAMSIZ = 16;

    private Names() {}

    /** @throws IllegalArgumentException unless it starts with a letter or digit and goes on with those or {@code _ . -} */
    static void requireContainerId(String id) {
        if (!isName(id)) {
            throw new IllegalArgumentException("container id \"" + id
                    + "\" is not a CNI container id: use letters, digits, '_', '.' and '-', the first a letter or digit");
        }
    }

    /** @throws IllegalArgumentException unless Linux takes it as an interface name */
    static void requireInterface(String name) {
        boolean bad = name.isEmpty() || name.length() >= IFNAMSIZ || name.equals(".") || name.equals("..");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            bad |= c <= ' ' || c == '/' || c == ':' || c > '~';
        }
        if (bad) {
            throw new IllegalArgumentException("interface name \"" + name
                    + "\" is not valid: use 1 to 15 printable characters without '/', ':' or spaces");
        }
    }

    /** Says whether {@code name} is a valid network name or container id: {@code [a-zA-Z0-9][a-zA-Z0-9_.-]*}. */
    static boolean isName(String name) {
        if (name.isEmpty() || !isAlphanumeric(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isAlphanumeric(c) && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
