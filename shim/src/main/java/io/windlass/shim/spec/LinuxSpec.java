package io.windlass.shim.spec;

import java.util.List;
import java.util.Map;

/**
 * The Linux part of a container. See the OCI runtime specification, config-linux.md.
 *
 * @param cgroup the cgroups that the container's init joins before anything else. The shim stays outside
 * @param resources limits, applied to the cgroup by its creator; the shim does not read them
 * @param maskedPaths hidden: files by /dev/null, directories by an empty read-only tmpfs; missing ones are skipped
 * @param readonlyPaths made read-only; missing ones are skipped
 * @param devices nodes made in the fresh /dev beside the standard ones
 * @param sysctl names with dots and their values, written in the container's namespaces; checked by the caller against its allow-list
 */
public record LinuxSpec(Namespaces namespaces, CgroupJoin cgroup, Resources resources, List<String> maskedPaths,
        List<String> readonlyPaths, List<DeviceSpec> devices, Map<String, String> sysctl) {
    /** The paths that an ordinary container does not see. */
    public static final List<String> DEFAULT_MASKED = List.of("/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
            "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
            "/sys/devices/virtual/powercap");

    /** The paths that an ordinary container can only read. */
    public static final List<String> DEFAULT_READONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    public LinuxSpec {
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        devices = List.copyOf(devices);
        devices.stream().filter(device -> !device.isInDev()).findAny().ifPresent(device -> {
            throw new IllegalArgumentException("device " + device.path() + " is not under /dev");
        });
        sysctl = Map.copyOf(sysctl);
    }
}
