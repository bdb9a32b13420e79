package io.windlass.cri.stats;

import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.ListPodSandboxStatsRequest;
import io.windlass.cri.v1.ListPodSandboxStatsResponse;
import io.windlass.cri.v1.PodSandboxStats;
import io.windlass.cri.v1.PodSandboxStatsFilter;
import java.util.stream.Stream;

/** Tells what sandboxes use. One that is not ready uses nothing, and is not shown. */
public final class ListPodSandboxStats {
    private final SandboxStore sandboxes;
    private final PodUsage usage;

    ListPodSandboxStats(SandboxStore sandboxes, PodUsage usage) {
        this.sandboxes = sandboxes;
        this.usage = usage;
    }

    public ListPodSandboxStatsResponse call(ListPodSandboxStatsRequest request) {
        var response = ListPodSandboxStatsResponse.newBuilder();
        select(request.getFilter()).forEach(response::addStats);
        return response.build();
    }

    /** Returns what the sandboxes use that the filter lets through, each when its turn comes. */
    Stream<PodSandboxStats> select(PodSandboxStatsFilter filter) {
        usage.retain(id -> sandboxes.get(id).isPresent());
        return usage.of(sandboxes.all().stream().map(Sandbox::record).filter(sandbox -> matches(filter, sandbox)).toList());
    }

    private static boolean matches(PodSandboxStatsFilter filter, SandboxRecord sandbox) {
        return sandbox.state() == SandboxState.READY && sandbox.id().value().startsWith(filter.getId())
                && sandbox.config().getLabelsMap().entrySet().containsAll(filter.getLabelSelectorMap().entrySet());
    }
}
