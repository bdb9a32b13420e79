package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads and writes the files of a cgroup, and finds numbers in them. */
final class ControlFile {
    private static final int MAX = 4 * 1024 * 1024;

    private ControlFile() {}

    /** Writes a value by one write(2); the error names file and value. */
    static void write(Path directory, String file, String value) throws IOException {
        try (Fd fd = open(directory, file, Fcntl.O_WRONLY)) {
            write(fd, directory, file, value);
        }
    }

    static void write(Fd fd, Path directory, String file, String value) throws IOException {
        try {
            fd.writeFully(value.getBytes(StandardCharsets.UTF_8));
        } catch (ErrnoException e) {
            throw new ErrnoException("write \"" + value + "\" to " + directory + "/" + file, e.errno());
        }
    }

    static Fd open(Path directory, String file, int flags) throws IOException {
        return Syscall.open(directory + "/" + file, flags, 0);
    }

    static byte[] read(Path directory, String file) throws IOException {
        try (Fd fd = open(directory, file, Fcntl.O_RDONLY)) {
            return fd.readAll(MAX);
        }
    }

    /** As {@link #read}; empty where there is no such file. */
    static byte[] optional(Path directory, String file) throws IOException {
        try {
            return read(directory, file);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return new byte[0];
            }
            throw e;
        }
    }

    static String text(Path directory, String file) throws IOException {
        return new String(read(directory, file), StandardCharsets.US_ASCII).strip();
    }

    /** Reads a file of one number; "max" and numbers too large are -1. */
    static long number(Path directory, String file) throws IOException {
        return number(read(directory, file), 0);
    }

    /** As {@link #number(Path, String)}, or {@code otherwise} where there is no such file. */
    static long number(Path directory, String file, long otherwise) throws IOException {
        try {
            return number(directory, file);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return otherwise;
            }
            throw e;
        }
    }

    /** Reads the digits at an offset; -1 where there are none or too many. */
    static long number(byte[] text, int offset) {
        long number = 0;
        int at = offset;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            if (number > (Long.MAX_VALUE - 9) / 10) {
                return -1;
            }
            number = number * 10 + (text[at] - '0');
            at++;
        }
        return at == offset ? -1 : number;
    }

    /** Returns the number after {@code key} and a space at the start of a line, or {@code otherwise}. */
    static long keyed(byte[] text, String key, long otherwise) {
        int length = key.length();
        for (int at = 0; at + length < text.length;) {
            if (text[at + length] == ' ' && matches(text, at, key)) {
                return number(text, at + length + 1);
            }
            while (at < text.length && text[at] != '\n') {
                at++;
            }
            at++;
        }
        return otherwise;
    }

    private static boolean matches(byte[] text, int at, String key) {
        for (int i = 0; i < key.length(); i++) {
            if (text[at + i] != key.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
