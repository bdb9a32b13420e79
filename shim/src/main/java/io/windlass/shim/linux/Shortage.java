package io.windlass.shim.linux;

import java.util.Locale;

/** Tells failures for want of descriptors or of the kernel's memory from all others: they say nothing about their object, and pass. */
public final class Shortage {
    private Shortage() {}

    /** Tells whether the error, or what caused it, is EMFILE, ENFILE or ENOMEM. */
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

    /** The JDK keeps no errno: its message ends with strerror(3) in the C locale. Others hold the description of ours. */
    private static boolean isToldBy(Throwable error) {
        String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("too many open files") || text.contains("cannot allocate memory");
    }
}
