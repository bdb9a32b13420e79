package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The calls of many pods' lives in nanoseconds, as a kubelet would make them one after the other. */
final class PodTimes {
    private static final int EXECS = 5;

    /** What is timed. */
    enum Call {
        RUN_SANDBOX("RunPodSandbox"), CREATE("CreateContainer"), START("StartContainer"), POD_UP("pod up (the three above)"), EXEC(
                "ExecSync of `true`"), STOP("StopContainer, grace 0"), STOP_SANDBOX("StopPodSandbox"), REMOVE_SANDBOX(
                        "RemovePodSandbox"), POD_DOWN("pod down (the three above)");

        final String words;

        Call(String words) {
            this.words = words;
        }
    }

    private final Map<Call, List<Long>> times = new EnumMap<>(Call.class);

    PodTimes() {
        for (Call call : Call.values()) {
            times.put(call, new ArrayList<>());
        }
    }

    /** Lives through one pod. */
    void measure(Node node) throws IOException {
        try (Pod.Plan plan = Pod.plan(node)) {
            var runtime = node.cri().runtime();
            long begin = System.nanoTime();
            String sandbox = runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build()).getPodSandboxId();
            long up = System.nanoTime();
            var container = PodContainer.config(node, plan.config()).addCommand("sleep").addCommand("100000");
            String id = runtime.createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(sandbox).setConfig(container)
                    .setSandboxConfig(plan.config()).build()).getContainerId();
            long created = System.nanoTime();
            runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
            long started = System.nanoTime();
            add(Call.RUN_SANDBOX, begin, up);
            add(Call.CREATE, up, created);
            add(Call.START, created, started);
            add(Call.POD_UP, begin, started);
            for (int i = 0; i < EXECS; i++) {
                long before = System.nanoTime();
                runtime.execSync(ExecSyncRequest.newBuilder().setContainerId(id).addCmd("true").setTimeout(10).build());
                add(Call.EXEC, before, System.nanoTime());
            }
            long stop = System.nanoTime();
            runtime.stopContainer(StopContainerRequest.newBuilder().setContainerId(id).build());
            long stopped = System.nanoTime();
            runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
            long down = System.nanoTime();
            runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
            long gone = System.nanoTime();
            add(Call.STOP, stop, stopped);
            add(Call.STOP_SANDBOX, stopped, down);
            add(Call.REMOVE_SANDBOX, down, gone);
            add(Call.POD_DOWN, stop, gone);
        }
    }

    /** The median in milliseconds. */
    double median(Call call) {
        List<Long> sorted = new ArrayList<>(times.getOrDefault(call, List.of()));
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2) / 1e6;
    }

    int count(Call call) {
        return times.getOrDefault(call, List.of()).size();
    }

    private void add(Call call, long from, long to) {
        times.computeIfAbsent(call, key -> new ArrayList<>()).add(to - from);
    }
}
