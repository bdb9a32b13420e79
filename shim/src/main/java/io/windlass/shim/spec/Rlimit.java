package io.windlass.shim.spec;

/**
 * A resource limit. See setrlimit(2).
 *
 * @param soft in the resource's unit; {@link #INFINITY} for none
 * @param hard likewise, not below soft
 */
public record Rlimit(Type type, long soft, long hard) {
    /** RLIM_INFINITY. */
    public static final long INFINITY = -1;

    public Rlimit {
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new IllegalArgumentException("soft limit of " + type + " is above its hard limit");
        }
    }

    /** The resources, in the order of their numbers. */
    public enum Type {
        CPU, FSIZE, DATA, STACK, CORE, RSS, NPROC, NOFILE, MEMLOCK, AS, LOCKS, SIGPENDING, MSGQUEUE, NICE, RTPRIO, RTTIME;

        /** Returns the number of RLIMIT_*. */
        @SuppressWarnings("EnumOrdinal") // the order is the kernel's numbering, which never changes
        public int number() {
            return ordinal();
        }
    }
}
