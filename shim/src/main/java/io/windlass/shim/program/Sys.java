package io.windlass.shim.program;

import java.util.Locale;

/** The system calls that programs use, with their numbers on x86-64 and aarch64. */
public enum Sys {
    // @formatter:off: a line each
    CAPSET(126, 91),
    CHDIR(80, 49),
    CLOCK_GETTIME(228, 113),
    CLONE(56, 220),
    CLONE3(435, 435),
    CLOSE(3, 57),
    CLOSE_RANGE(436, 436),
    DUP3(292, 24),
    EXECVE(59, 221),
    EXIT_GROUP(231, 94),
    FCHDIR(81, 50),
    FCHOWN(93, 55),
    FCHOWNAT(260, 54),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    FSOPEN(430, 430),
    FSTATFS(138, 44),
    GETCWD(79, 17),
    GETPID(39, 172),
    IOCTL(16, 29),
    KEYCTL(250, 219),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    MOUNT(165, 40),
    MOUNT_SETATTR(442, 442),
    MOVE_MOUNT(429, 429),
    MUNMAP(11, 215),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    OPEN_TREE(428, 428),
    PIDFD_OPEN(434, 434),
    PIVOT_ROOT(155, 41),
    PRCTL(157, 167),
    PREAD64(17, 67),
    PRLIMIT64(302, 261),
    READ(0, 63),
    READLINKAT(267, 78),
    RECVMSG(47, 212),
    RT_SIGPROCMASK(14, 135),
    RT_SIGTIMEDWAIT(128, 137),
    SECCOMP(317, 277),
    SENDMSG(46, 211),
    SETFSGID(123, 152),
    SETFSUID(122, 151),
    SETGROUPS(116, 159),
    SETHOSTNAME(170, 161),
    SETNS(308, 268),
    SETRESGID(119, 149),
    SETRESUID(117, 147),
    SETSID(112, 157),
    STATX(332, 291),
    SYMLINKAT(266, 36),
    UMASK(95, 166),
    UMOUNT2(166, 39),
    UNLINKAT(263, 35),
    UNSHARE(272, 97),
    WAIT4(61, 260),
    WRITE(1, 64);
    // @formatter:on

    private final int x86;
    private final int arm;
    private final String label = name().toLowerCase(Locale.ROOT);

    Sys(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** Returns the number on a machine. */
    int number(Architecture architecture) {
        return architecture == Architecture.X86_64 ? x86 : arm;
    }

    /** Returns the name as in man section 2. */
    public String label() {
        return label;
    }
}
