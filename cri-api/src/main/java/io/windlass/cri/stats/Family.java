package io.windlass.cri.stats;

import io.windlass.cri.v1.MetricDescriptor;
import io.windlass.cri.v1.MetricType;
import java.util.List;
import java.util.Locale;

/** The metrics that we have, by the names, labels and meanings of cAdvisor. Numbers are whole, those in seconds too: the CRI has no others. */
enum Family {
    BLKIO_DEVICE_USAGE_TOTAL(MetricType.COUNTER, "Bytes read from and written to a block device", "device", "major", "minor", "operation"), //
    CPU_CFS_PERIODS_TOTAL(MetricType.COUNTER, "Periods of the CPU quota that have passed"), //
    CPU_CFS_THROTTLED_PERIODS_TOTAL(MetricType.COUNTER, "Periods in which the CPU quota ran out"), //
    CPU_CFS_THROTTLED_SECONDS_TOTAL(MetricType.COUNTER, "Seconds spent waiting because the CPU quota had run out"), //
    CPU_SYSTEM_SECONDS_TOTAL(MetricType.COUNTER, "Seconds of CPU time in the kernel"), //
    CPU_USAGE_SECONDS_TOTAL(MetricType.COUNTER, "Seconds of CPU time", "cpu"), //
    CPU_USER_SECONDS_TOTAL(MetricType.COUNTER, "Seconds of CPU time in user mode"), //
    FILE_DESCRIPTORS(MetricType.GAUGE, "Open file descriptors of all processes"), //
    FS_INODES_FREE(MetricType.GAUGE, "Free inodes of the file system that the container writes to", "device"), //
    FS_INODES_TOTAL(MetricType.GAUGE, "Inodes of the file system that the container writes to", "device"), //
    FS_LIMIT_BYTES(MetricType.GAUGE, "Size of the file system that the container writes to", "device"), //
    FS_READS_BYTES_TOTAL(MetricType.COUNTER, "Bytes read from a block device", "device"), //
    FS_READS_TOTAL(MetricType.COUNTER, "Reads from a block device", "device"), //
    FS_USAGE_BYTES(MetricType.GAUGE, "Bytes that the container has written to its writable layer", "device"), //
    FS_WRITES_BYTES_TOTAL(MetricType.COUNTER, "Bytes written to a block device", "device"), //
    FS_WRITES_TOTAL(MetricType.COUNTER, "Writes to a block device", "device"), //
    HUGETLB_MAX_USAGE_BYTES(MetricType.GAUGE, "Most bytes in huge pages so far", "pagesize"), //
    HUGETLB_USAGE_BYTES(MetricType.GAUGE, "Bytes in huge pages", "pagesize"), //
    LAST_SEEN(MetricType.GAUGE, "When this was read, in seconds since 1970"), //
    MEMORY_CACHE(MetricType.GAUGE, "Bytes of page cache"), //
    MEMORY_FAILCNT(MetricType.COUNTER, "How often the memory limit was reached"), //
    MEMORY_FAILURES_TOTAL(MetricType.COUNTER, "Page faults, by whether a page had to be read", "failure_type", "scope"), //
    MEMORY_KERNEL_USAGE(MetricType.GAUGE, "Bytes used by the kernel for the container"), //
    MEMORY_MAPPED_FILE(MetricType.GAUGE, "Bytes of mapped files"), //
    MEMORY_MAX_USAGE_BYTES(MetricType.GAUGE, "Most bytes of memory used so far"), //
    MEMORY_RSS(MetricType.GAUGE, "Bytes of anonymous memory"), //
    MEMORY_SWAP(MetricType.GAUGE, "Bytes swapped out"), //
    MEMORY_USAGE_BYTES(MetricType.GAUGE, "Bytes of memory used, all page cache included"), //
    MEMORY_WORKING_SET_BYTES(MetricType.GAUGE, "Bytes of memory used, without the page cache that is easily given back"), //
    NETWORK_RECEIVE_BYTES_TOTAL(MetricType.COUNTER, "Bytes received", "interface"), //
    NETWORK_RECEIVE_ERRORS_TOTAL(MetricType.COUNTER, "Errors while receiving", "interface"), //
    NETWORK_RECEIVE_PACKETS_DROPPED_TOTAL(MetricType.COUNTER, "Packets dropped while receiving", "interface"), //
    NETWORK_RECEIVE_PACKETS_TOTAL(MetricType.COUNTER, "Packets received", "interface"), //
    NETWORK_TRANSMIT_BYTES_TOTAL(MetricType.COUNTER, "Bytes sent", "interface"), //
    NETWORK_TRANSMIT_ERRORS_TOTAL(MetricType.COUNTER, "Errors while sending", "interface"), //
    NETWORK_TRANSMIT_PACKETS_DROPPED_TOTAL(MetricType.COUNTER, "Packets dropped while sending", "interface"), //
    NETWORK_TRANSMIT_PACKETS_TOTAL(MetricType.COUNTER, "Packets sent", "interface"), //
    OOM_EVENTS_TOTAL(MetricType.COUNTER, "Processes killed because memory ran out"), //
    PRESSURE_CPU_STALLED_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which nothing went on for want of a CPU"), //
    PRESSURE_CPU_WAITING_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which something waited for a CPU"), //
    PRESSURE_IO_STALLED_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which nothing went on for want of input or output"), //
    PRESSURE_IO_WAITING_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which something waited for input or output"), //
    PRESSURE_MEMORY_STALLED_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which nothing went on for want of memory"), //
    PRESSURE_MEMORY_WAITING_SECONDS_TOTAL(MetricType.COUNTER, "Seconds in which something waited for memory"), //
    PROCESSES(MetricType.GAUGE, "Processes"), //
    SOCKETS(MetricType.GAUGE, "Open sockets of all processes"), //
    SPEC_CPU_PERIOD(MetricType.GAUGE, "Period of the CPU quota in microseconds"), //
    SPEC_CPU_QUOTA(MetricType.GAUGE, "CPU quota in microseconds a period"), //
    SPEC_CPU_SHARES(MetricType.GAUGE, "CPU shares"), //
    SPEC_MEMORY_LIMIT_BYTES(MetricType.GAUGE, "Memory limit, 0 without one"), //
    SPEC_MEMORY_RESERVATION_LIMIT_BYTES(MetricType.GAUGE, "Memory kept for the container, 0 for none"), //
    SPEC_MEMORY_SWAP_LIMIT_BYTES(MetricType.GAUGE, "Limit of memory and swap together, 0 without one"), //
    START_TIME_SECONDS(MetricType.GAUGE, "When the container was started, in seconds since 1970"), //
    THREADS(MetricType.GAUGE, "Threads of all processes"), //
    THREADS_MAX(MetricType.GAUGE, "Most threads allowed, 0 without a limit"), //
    ULIMITS_SOFT(MetricType.GAUGE, "Soft limits of the container's first process", "ulimit");

    private final MetricType type;
    private final MetricDescriptor descriptor;

    Family(MetricType type, String help, String... labels) {
        this.type = type;
        this.descriptor = MetricDescriptor.newBuilder().setName("container_" + name().toLowerCase(Locale.ROOT)).setHelp(help)
                .addAllLabelKeys(Labels.KEYS).addAllLabelKeys(List.of(labels)).build();
    }

    MetricType type() {
        return type;
    }

    MetricDescriptor descriptor() {
        return descriptor;
    }
}
