package io.windlass.shim.spec;

import java.util.Locale;
import java.util.Optional;

/** The capabilities of capabilities(7), in the order of their numbers in linux/capability.h. */
public enum Capability {
    CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, LINUX_IMMUTABLE, NET_BIND_SERVICE, NET_BROADCAST, NET_ADMIN, NET_RAW, IPC_LOCK, IPC_OWNER, SYS_MODULE, SYS_RAWIO, SYS_CHROOT, SYS_PTRACE, SYS_PACCT, SYS_ADMIN, SYS_BOOT, SYS_NICE, SYS_RESOURCE, SYS_TIME, SYS_TTY_CONFIG, MKNOD, LEASE, AUDIT_WRITE, AUDIT_CONTROL, SETFCAP, MAC_OVERRIDE, MAC_ADMIN, SYSLOG, WAKE_ALARM, BLOCK_SUSPEND, AUDIT_READ, PERFMON, BPF, CHECKPOINT_RESTORE;

    /** Returns the number, for example 21 for SYS_ADMIN. */
    @SuppressWarnings("EnumOrdinal") // the order is the kernel's numbering, which never changes
    public int number() {
        return ordinal();
    }

    /** Returns the single bit of this capability in a 64-bit set. */
    public long bit() {
        return 1L << number();
    }

    /** Finds a capability by name, with or without {@code CAP_}, in any case; empty if there is none of that name. */
    public static Optional<Capability> find(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("CAP_") ? upper.substring(4) : upper;
        for (Capability capability : values()) {
            if (capability.name().equals(bare)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }
}
