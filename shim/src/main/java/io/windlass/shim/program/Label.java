package io.windlass.shim.program;

/** A place in a program to jump to. Labels are told apart by identity, the name is for the listing. */
final class Label {
    private final String name;

    Label(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }
}
