package io.windlass.shim.spec;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * The capability sets of a process. See capabilities(7).
 *
 * @param bounding what the process and its children can ever have; permitted and effective are set to the same
 * @param ambient kept over execve by a user other than root; a subset of bounding, empty unless asked for by add_ambient_capabilities. The
 *         inheritable set is the same as the ambient one, as the kernel wants it, and otherwise empty
 */
public record Capabilities(Set<Capability> bounding, Set<Capability> ambient) {
    public static final Capabilities NONE = new Capabilities(Set.of(), Set.of());

    /** Every capability this version knows. The kernel's own last capability may be lower: the shim ignores unknown ones. */
    public static final Capabilities ALL = new Capabilities(EnumSet.allOf(Capability.class), Set.of());

    /** What an ordinary container gets. */
    public static final Capabilities DEFAULT = new Capabilities(
            EnumSet.of(Capability.CHOWN, Capability.DAC_OVERRIDE, Capability.FSETID, Capability.FOWNER, Capability.MKNOD,
                    Capability.NET_RAW,
                    Capability.SETGID, Capability.SETUID, Capability.SETFCAP, Capability.SETPCAP, Capability.NET_BIND_SERVICE,
                    Capability.SYS_CHROOT, Capability.KILL, Capability.AUDIT_WRITE),
            Set.of());

    public Capabilities {
        bounding = Set.copyOf(bounding);
        ambient = Set.copyOf(ambient);
        if (!bounding.containsAll(ambient)) {
            throw new IllegalArgumentException("ambient capabilities " + ambient + " are not all among the bounding " + bounding);
        }
    }

    /** Returns these sets with capabilities added to and then taken from the bounding set. Ambient ones are cut to fit. */
    public Capabilities plusMinus(Collection<Capability> add, Collection<Capability> drop) {
        EnumSet<Capability> result = EnumSet.noneOf(Capability.class);
        result.addAll(bounding);
        result.addAll(add);
        result.removeAll(drop);
        EnumSet<Capability> kept = EnumSet.noneOf(Capability.class);
        kept.addAll(ambient);
        kept.retainAll(result);
        return new Capabilities(result, kept);
    }

    /** Returns a set as the kernel's 64-bit mask. */
    public static long mask(Set<Capability> set) {
        long mask = 0;
        for (Capability capability : set) {
            mask |= capability.bit();
        }
        return mask;
    }
}
