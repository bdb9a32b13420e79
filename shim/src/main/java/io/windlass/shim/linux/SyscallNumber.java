package io.windlass.shim.linux;

/** Numbers of the system calls that are made by syscall(2), and the other constants that differ between architectures. */
final class SyscallNumber {
    static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");

    static final int PIVOT_ROOT = AARCH64 ? 41 : 155;
    static final int BPF = AARCH64 ? 280 : 321;
    static final int TEE = AARCH64 ? 77 : 276;
    static final int GETDENTS64 = AARCH64 ? 61 : 217;

    // from 424 on, all architectures agree
    static final int PIDFD_SEND_SIGNAL = 424;
    static final int OPEN_TREE = 428;
    static final int MOVE_MOUNT = 429;
    static final int FSOPEN = 430;
    static final int FSCONFIG = 431;
    static final int FSMOUNT = 432;
    static final int FSPICK = 433;
    static final int PIDFD_OPEN = 434;
    static final int CLOSE_RANGE = 436;
    static final int OPENAT2 = 437;
    static final int PIDFD_GETFD = 438;
    static final int MOUNT_SETATTR = 442;
    static final int FCHMODAT2 = 452;

    private SyscallNumber() {}
}
