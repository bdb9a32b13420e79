package io.windlass.shim.program;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An argument of a system call. */
sealed interface Operand {
    /** Returns it as strace would show it. */
    String shown();

    /** Has it written where the interpreter reads it. */
    void write(ProgramEncoder encoder, int at);

    /** Returns the room that it needs; null for none. */
    default @Nullable Room room() {
        return null;
    }

    /** A number. */
    final class Value implements Operand {
        private final long value;
        private final Supplier<String> shown;

        Value(long value, String shown) {
            this(value, () -> shown);
        }

        private Value(long value, Supplier<String> shown) {
            this.value = value;
            this.shown = shown;
        }

        static Value of(long value) {
            return new Value(value, () -> Long.toString(value));
        }

        static Value octal(long value) {
            return new Value(value, () -> value == 0 ? "0" : "0" + Long.toOctalString(value));
        }

        long value() {
            return value;
        }

        /** Both flags. */
        Value or(Value other) {
            if (value == 0) {
                return other;
            }
            return other.value == 0 ? this : new Value(value | other.value, () -> shown() + "|" + other.shown());
        }

        @Override
        public void write(ProgramEncoder encoder, int at) {
            encoder.number(at, value);
        }

        @Override
        public String shown() {
            return shown.get();
        }
    }

    /** The address of a C string. */
    record Text(String text) implements Operand {
        @Override
        public void write(ProgramEncoder encoder, int at) {
            encoder.address(at, encoder.text(text));
        }

        @Override
        public String shown() {
            return '"' + text + '"';
        }
    }

    /** The address of an array of C strings that ends with NULL. */
    record Strings(List<String> strings) implements Operand {
        @Override
        public void write(ProgramEncoder encoder, int at) {
            encoder.address(at, encoder.strings(strings));
        }

        @Override
        public String shown() {
            StringBuilder out = new StringBuilder("[");
            for (String string : strings) {
                out.append(out.length() == 1 ? "\"" : ", \"").append(string).append('"');
            }
            return out.append(']').toString();
        }
    }

    /** An address in a room. */
    record Memory(Room room, int offset) implements Operand {
        @Override
        public void write(ProgramEncoder encoder, int at) {
            encoder.address(at, this);
        }

        @Override
        public String shown() {
            return offset == 0 ? "&" + room.name() : "&" + room.name() + "+" + offset;
        }
    }

    /** What an earlier call, or the kernel, has put at an address. */
    record Result(Memory place) implements Operand {
        @Override
        public Room room() {
            return place.room();
        }

        @Override
        public void write(ProgramEncoder encoder, int at) {
            encoder.address(at, place);
        }

        @Override
        public String shown() {
            return "$" + place.room().name();
        }
    }
}
