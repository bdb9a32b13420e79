package io.windlass.shim.spec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a cgroup. See the OCI runtime specification, config-linux.md "Control groups". Null leaves a value as it is.
 *
 * @param unified cgroup v2 file names and values, written as they are; ignored on v1
 * @param devices rules in the order in which they are applied; empty leaves device access alone
 * @param hugepageLimits by page size as the kernel writes it, for example {@code "2MB"}; values in bytes
 */
public record Resources(Memory memory, Cpu cpu, @Nullable Long pidsLimit, List<DeviceRule> devices, Map<String, Long> hugepageLimits,
        Map<String, String> unified) {
    /** No limits. */
    public static final Resources NONE = new Resources(Memory.NONE, Cpu.NONE, null, List.of(), Map.of(), Map.of());

    public Resources {
        devices = List.copyOf(devices);
        hugepageLimits = Map.copyOf(hugepageLimits);
        unified = Map.copyOf(unified);
    }

    /**
     * @param limit bytes; -1 is unlimited
     * @param swap bytes of memory and swap together, as on cgroup v1; -1 is unlimited
     * @param reservation soft limit in bytes
     */
    public record Memory(@Nullable Long limit, @Nullable Long swap, @Nullable Long reservation) {
        public static final Memory NONE = new Memory(null, null, null);
    }

    /**
     * @param shares relative weight, 2 to 262144
     * @param quota microseconds per period; -1 is unlimited
     * @param period microseconds
     * @param cpus a list such as {@code "0-3,7"}; empty leaves it
     * @param mems memory nodes likewise
     */
    public record Cpu(@Nullable Long shares, @Nullable Long quota, @Nullable Long period, String cpus, String mems) {
        public static final Cpu NONE = new Cpu(null, null, null, "", "");
    }

    /**
     * A rule of the device controller.
     *
     * @param kind {@code 'a'}, {@code 'b'} or {@code 'c'}
     * @param major null is any
     * @param minor null is any
     * @param access a subset of {@code "rwm"}
     */
    public record DeviceRule(boolean allow, char kind, @Nullable Integer major, @Nullable Integer minor, String access) {}
}
