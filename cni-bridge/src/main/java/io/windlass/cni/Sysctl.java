package io.windlass.cni;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Kernel parameters of the calling thread's network namespace. See proc_sys(5); keys are written with slashes. */
public final class Sysctl {
    private static final int MAX = 256;

    private Sysctl() {}

    /** Writes {@code value} unless the parameter has it already. */
    public static void set(String key, String value) throws IOException {
        if (!get(key).equals(value)) {
            write(key, value);
        }
    }

    /** Returns the parameter's value without the end of its line. */
    public static String get(String key) throws IOException {
        try (Fd read = Syscall.open("/proc/sys/" + key, Fcntl.O_RDONLY, 0)) {
            return new String(read.readAll(MAX), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Returns the parameter's value as {@link #get} does, or {@code ""} where the kernel has no such parameter. */
    public static String getIfPresent(String key) throws IOException {
        try {
            return get(key);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return "";
        }
    }

    /** Writes {@code value}; a kernel without the parameter, for example without IPv6, is no error. */
    public static void writeIfPresent(String key, String value) throws IOException {
        try {
            write(key, value);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private static void write(String key, String value) throws IOException {
        try (Fd fd = Syscall.open("/proc/sys/" + key, Fcntl.O_WRONLY, 0)) {
            fd.writeFully(value.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
