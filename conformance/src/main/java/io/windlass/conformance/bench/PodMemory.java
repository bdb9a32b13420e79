package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What pods at rest cost in memory, in bytes.
 *
 * @param processes proportional set size a pod of what the runtime runs beside the container: shims and pause processes
 * @param kernel slab, kernel stacks and page tables a pod, the container's own share included
 * @param daemonBefore resident size of the daemon before the pods
 * @param daemonWith the same with all pods */
record PodMemory(int pods, long processes, long kernel, long daemonBefore, long daemonWith) {
    private static final String CONTAINER = "sleep 100000";
    private static final int KIB = 1024;

    static PodMemory measure(Node node, int count) throws IOException {
        long daemonBefore = daemon(node);
        long processesBefore = processesOf(node);
        long kernelBefore = kernelNow();
        List<Pod> pods = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Pod pod = Pod.run(node);
                pods.add(pod);
                pod.start(CONTAINER.split(" "));
            }
            return new PodMemory(count, (processesOf(node) - processesBefore) / count, (kernelNow() - kernelBefore) / count, daemonBefore,
                    daemon(node));
        } finally {
            for (Pod pod : pods) {
                pod.close();
            }
        }
    }

    private static long processesOf(Node node) throws IOException {
        long sum = 0;
        for (Processes.Seen process : Processes.of(node)) {
            if (!process.command().equals(CONTAINER)) {
                sum += field(Path.of("/proc/" + process.pid() + "/smaps_rollup"), "Pss:");
            }
        }
        return sum;
    }

    private static long daemon(Node node) throws IOException {
        return field(Path.of("/proc/" + node.runtime().pid().orElseThrow() + "/status"), "VmRSS:");
    }

    private static long kernelNow() throws IOException {
        Path meminfo = Path.of("/proc/meminfo");
        return field(meminfo, "SUnreclaim:") + field(meminfo, "KernelStack:") + field(meminfo, "PageTables:");
    }

    /** A line of a file as {@code Name:  12 kB}; 0 where it is not there. */
    private static long field(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split(" ")[0]) * KIB;
            }
        }
        return 0;
    }
}
