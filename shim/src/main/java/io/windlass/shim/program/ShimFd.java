package io.windlass.shim.program;

/** The numbers of descriptors that the launcher gives to programs, and at which it finds some again later. 0, 1 and 2 are the container's streams. */
public final class ShimFd {
    /** Takes reports: 16 bytes each, 0 and the new process's number, or a failed op's address and -errno. */
    public static final int REPORT = 3;
    /** Gives the program. */
    public static final int PROGRAM = 4;
    /** The container's side of a pair of sockets, over which a terminal's master goes to the shim. */
    public static final int TERMINAL_SENDER = 5;
    /** The shim's side of that pair. */
    public static final int TERMINAL_RECEIVER = 6;
    /** Has an end once the daemon has taken the master of a command's terminal, before which its shim does not go. */
    public static final int TERMINAL_TAKEN = 7;
    /** Where the shim of a terminal keeps its master. */
    public static final int TERMINAL_MASTER = 0;
    /** The signal at which a shim closes {@link #KEEP_STDIN}, SIGUSR1. */
    public static final int END_INPUT = 10;
    /** The daemon's end of standard input, kept until {@link #END_INPUT}. */
    public static final int KEEP_STDIN = 5;
    /** The daemon's end of standard output, kept. */
    public static final int KEEP_STDOUT = 6;
    /** The daemon's end of standard error, kept. */
    public static final int KEEP_STDERR = 7;
    /** The pidfd of the container's init, given to an exec program. */
    public static final int INIT = 8;
    /** The pidfd of the container's init, or of the command, kept by the shim; above all numbers that its program opens. */
    public static final int KEEP_INIT = 32;
    /** Takes the {@link ExitRecord}. */
    public static final int EXIT = 9;

    private ShimFd() {}
}
