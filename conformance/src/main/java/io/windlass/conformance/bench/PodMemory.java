package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.DaemonMemory;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.ProcField;
import io.windlass.conformance.fixture.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What pods at rest cost in memory, in bytes.
 *
 * @param processes proportional set size a pod of what the runtime runs beside the container: shims and pause processes
 * @param kernel slab, kernel stacks and page tables a pod, the container's own share included
 * @param daemonBefore resident size of the daemon before the pods, after some seconds without calls
 * @param daemonWith the same with all pods */
record PodMemory(int pods, long processes, long kernel, long daemonBefore, long daemonWith) {
    private static final String CONTAINER = "sleep 100000";

    static PodMemory measure(Node node, int count) throws IOException {
        long daemonBefore = DaemonMemory.atRest(node);
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
                    DaemonMemory.atRest(node));
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
                sum += ProcField.of(Path.of("/proc/" + process.pid() + "/smaps_rollup"), "Pss:");
            }
        }
        return sum;
    }

    private static long kernelNow() throws IOException {
        Path meminfo = Path.of("/proc/meminfo");
        return ProcField.of(meminfo, "SUnreclaim:") + ProcField.of(meminfo, "KernelStack:") + ProcField.of(meminfo, "PageTables:");
    }
}
