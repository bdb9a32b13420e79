package io.windlass.shim.program;

import java.util.List;

/** An argument of a system call. */
sealed interface Operand {
    /** Returns it as strace would show it. */
    String shown();

    /** A number. */
    record Value(long value, String shown) implements Operand {
        static Value of(long value) {
            return new Value(value, Long.toString(value));
        }

        static Value octal(long value) {
            return new Value(value, value == 0 ? "0" : "0" + Long.toOctalString(value));
        }

        /** Both flags. */
        Value or(Value other) {
            if (value == 0) {
                return other;
            }
            return other.value == 0 ? this : new Value(value | other.value, shown + "|" + other.shown);
        }
    }

    /** The address of a C string. */
    record Text(String text) implements Operand {
        @Override
        public String shown() {
            return '"' + text + '"';
        }
    }

    /** The address of an array of C strings that ends with NULL. */
    record Strings(List<String> strings) implements Operand {
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
        public String shown() {
            return offset == 0 ? "&" + room.name() : "&" + room.name() + "+" + offset;
        }
    }

    /** What an earlier call, or the kernel, has put at an address. */
    record Result(Memory place) implements Operand {
        @Override
        public String shown() {
            return "$" + place.room().name();
        }
    }
}
