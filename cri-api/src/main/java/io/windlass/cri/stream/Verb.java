package io.windlass.cri.stream;

/** What a one-time URL lets its holder do; the first part of its path. */
enum Verb {
    EXEC("exec"), ATTACH("attach"), PORT_FORWARD("portforward");

    private final String path;

    Verb(String path) {
        this.path = path;
    }

    /** The path without slashes. */
    String path() {
        return path;
    }
}
