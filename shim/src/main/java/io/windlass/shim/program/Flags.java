package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;

/** Numbers of the kernel's headers that programs use, under their names. Those that differ between machines are in {@link Architecture}. */
final class Flags {
    static final Value ZERO = Value.of(0);
    static final Value NULL = new Value(0, "NULL");
    static final Text EMPTY = new Text("");

    static final Value AT_FDCWD = new Value(-100, "AT_FDCWD");
    static final Value AT_REMOVEDIR = new Value(0x200, "AT_REMOVEDIR");
    static final Value AT_SYMLINK_NOFOLLOW = new Value(0x100, "AT_SYMLINK_NOFOLLOW");
    static final Value AT_EMPTY_PATH = new Value(0x1000, "AT_EMPTY_PATH");
    static final Value AT_RECURSIVE = new Value(0x8000, "AT_RECURSIVE");

    static final Value O_RDONLY = new Value(0, "O_RDONLY");
    static final Value O_WRONLY = new Value(1, "O_WRONLY");
    static final Value O_RDWR = new Value(2, "O_RDWR");
    static final Value O_CREAT = new Value(0100, "O_CREAT");
    static final Value O_NOCTTY = new Value(0400, "O_NOCTTY");
    static final Value O_PATH = new Value(010000000, "O_PATH");
    static final Value O_CLOEXEC = new Value(02000000, "O_CLOEXEC");

    static final Value MS_RDONLY = new Value(1, "MS_RDONLY");
    static final Value MS_NOSUID = new Value(2, "MS_NOSUID");
    static final Value MS_NODEV = new Value(4, "MS_NODEV");
    static final Value MS_NOEXEC = new Value(8, "MS_NOEXEC");
    static final Value MS_BIND = new Value(0x1000, "MS_BIND");
    static final Value MS_REC = new Value(0x4000, "MS_REC");
    static final Value MS_PRIVATE = new Value(1 << 18, "MS_PRIVATE");
    static final Value MNT_DETACH = new Value(2, "MNT_DETACH");

    static final Value OPEN_TREE_CLONE = new Value(1, "OPEN_TREE_CLONE");
    static final Value MOVE_MOUNT_F_EMPTY_PATH = new Value(4, "MOVE_MOUNT_F_EMPTY_PATH");
    static final Value MOVE_MOUNT_T_EMPTY_PATH = new Value(0x40, "MOVE_MOUNT_T_EMPTY_PATH");

    static final Value CLONE_VM = new Value(0x100, "CLONE_VM");
    static final Value CLONE_FILES = new Value(0x400, "CLONE_FILES");
    static final Value CLONE_VFORK = new Value(0x4000, "CLONE_VFORK");
    static final Value CLONE_PARENT = new Value(0x8000, "CLONE_PARENT");
    static final Value CLONE_NEWUSER = new Value(0x10000000, "CLONE_NEWUSER");
    static final Value CLONE_NEWNS = new Value(0x20000, "CLONE_NEWNS");
    static final Value CLONE_NEWCGROUP = new Value(0x2000000, "CLONE_NEWCGROUP");
    static final Value CLONE_NEWUTS = new Value(0x4000000, "CLONE_NEWUTS");
    static final Value CLONE_NEWIPC = new Value(0x8000000, "CLONE_NEWIPC");
    static final Value CLONE_NEWPID = new Value(0x20000000, "CLONE_NEWPID");
    static final Value CLONE_NEWNET = new Value(0x40000000, "CLONE_NEWNET");
    static final Value CLONE_PIDFD = new Value(0x1000, "CLONE_PIDFD");
    static final Value CLONE_INTO_CGROUP = new Value(0x200000000L, "CLONE_INTO_CGROUP");

    static final Value PR_SET_DUMPABLE = new Value(4, "PR_SET_DUMPABLE");
    static final Value PR_SET_KEEPCAPS = new Value(8, "PR_SET_KEEPCAPS");
    static final Value PR_SET_NAME = new Value(15, "PR_SET_NAME");
    static final Value PR_CAPBSET_DROP = new Value(24, "PR_CAPBSET_DROP");
    static final Value PR_SET_SECUREBITS = new Value(28, "PR_SET_SECUREBITS");
    static final Value PR_SET_NO_NEW_PRIVS = new Value(38, "PR_SET_NO_NEW_PRIVS");
    static final Value PR_CAP_AMBIENT = new Value(47, "PR_CAP_AMBIENT");

    static final Value KEYCTL_JOIN_SESSION_KEYRING = new Value(1, "KEYCTL_JOIN_SESSION_KEYRING");

    static final Value TIOCSPTLCK = new Value(0x40045431, "TIOCSPTLCK");
    static final Value TIOCGPTPEER = new Value(0x5441, "TIOCGPTPEER");
    static final Value TIOCSCTTY = new Value(0x540e, "TIOCSCTTY");

    static final long RESOLVE_NO_XDEV = 1;
    static final long RESOLVE_NO_MAGICLINKS = 2;
    static final long RESOLVE_NO_SYMLINKS = 4;
    static final long RESOLVE_IN_ROOT = 16;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ECHILD = 10;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;

    private Flags() {}

    static Value fd(int number) {
        return Value.of(number);
    }
}
