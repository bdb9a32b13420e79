package io.windlass.shim.program;

import java.util.List;

/** A piece of a program's memory: a structure for the kernel to read or write, or the place of one result. Two rooms are never the same memory. */
final class Room {
    private static final int WORD = 8;

    private final String name;
    private final int size;
    private final byte[] bytes;
    private final List<Operand> words;

    private Room(String name, int size, byte[] bytes, List<Operand> words) {
        this.name = name;
        this.size = size;
        this.bytes = bytes;
        this.words = words;
    }

    /** Zeroed memory; costs nothing in the program's image. */
    static Room zero(String name, int size) {
        return new Room(name, size, new byte[0], List.of());
    }

    static Room of(String name, byte[] bytes) {
        return new Room(name, bytes.length, bytes, List.of());
    }

    /** Words of 8 bytes: numbers or addresses. */
    static Room of(String name, List<Operand> words) {
        return new Room(name, words.size() * WORD, new byte[0], List.copyOf(words));
    }

    String name() {
        return name;
    }

    int size() {
        return size;
    }

    byte[] bytes() {
        return bytes;
    }

    List<Operand> words() {
        return words;
    }

    /** Whether it starts as zeros. */
    boolean isZero() {
        return bytes.length == 0 && words.isEmpty();
    }

    Operand.Memory at(int offset) {
        return new Operand.Memory(this, offset);
    }

    Operand.Memory address() {
        return at(0);
    }

    /** The eight bytes at an offset as the value of an argument. */
    Operand.Result result(int offset) {
        return new Operand.Result(at(offset));
    }
}
