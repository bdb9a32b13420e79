package io.windlass.shim.spec;

/** Flags of a mount, with the bits of mount(2) and of mount_setattr(2). */
public enum MountFlag {
    READONLY(1, 1), NOSUID(2, 2), NODEV(4, 4), NOEXEC(8, 8), NOATIME(1 << 10, 0x10), STRICTATIME(1 << 24, 0x20), NODIRATIME(1 << 11,
            0x80), NOSYMFOLLOW(1 << 8, 0x200000);

    private final long flag;
    private final long attribute;

    MountFlag(long flag, long attribute) {
        this.flag = flag;
        this.attribute = attribute;
    }

    /** Returns the MS_* bit of mount(2). */
    public long flag() {
        return flag;
    }

    /** Returns the MOUNT_ATTR_* bits of mount_setattr(2). */
    public long attribute() {
        return attribute;
    }
}
