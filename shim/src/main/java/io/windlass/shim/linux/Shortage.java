package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells failures for want of descriptors or of the kernel's memory from all others: they say nothing about their object, and pass. */
public final class Shortage {
    private Shortage() {}

    /** Tells whether the error, or what caused it, is EMFILE, ENFILE or ENOMEM. What others say, as a registry, counts nothing. */
    public static boolean isBehind(Throwable error) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (at instanceof ErrnoException failed ? isOne(failed.errno()) : isToldBy(at)) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether the number is one of these. */
    public static boolean isOne(int errno) {
        return errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOMEM;
    }

    /**
     * The JDK keeps no errno: its message, or a file's reason, ends with strerror(3) in the C locale, perhaps in brackets. What it repeats
     * of the network's words stands in quotation marks. An error, as of a class that cannot be initialized, may hold the description of its
     * cause only. Exceptions of others have that cause, and their words may be anybody's.
     */
    private static boolean isToldBy(Throwable error) {
        if (error instanceof Error) {
            String text = text(error.getMessage());
            return text.contains("too many open files") || text.contains("cannot allocate memory");
        }
        if (!(error instanceof IOException) || !error.getClass().getName().startsWith("java.")) {
            return false;
        }
        String text = text(error instanceof FileSystemException file ? file.getReason() : error.getMessage());
        String end = text.endsWith(")") ? text.substring(0, text.length() - 1) : text;
        return end.endsWith("too many open files") || end.endsWith("too many open files in system")
                || end.endsWith("cannot allocate memory");
    }

    private static String text(@Nullable String words) {
        return String.valueOf(words).toLowerCase(Locale.ROOT).strip();
    }
}
