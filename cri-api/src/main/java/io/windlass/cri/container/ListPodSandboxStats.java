package io.windlass.cri.container;

import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.ListPodSandboxStatsRequest;
import io.windlass.cri.v1.ListPodSandboxStatsResponse;
import io.windlass.cri.v1.PodSandboxStatsFilter;

/** Tells what sandboxes use. */
public final class ListPodSandboxStats {
    private final SandboxStore sandboxes;
    private final PodUsage usage;

    ListPodSandboxStats(SandboxStore sandboxes, PodUsage usage) {
        this.sandboxes = sandboxes;
        this.usage = usage;
    }

    public ListPodSandboxStatsResponse call(ListPodSandboxStatsRequest request) {
        var response = ListPodSandboxStatsResponse.newBuilder();
        for (var sandbox : sandboxes.all()) {
            if (matches(request.getFilter(), sandbox.record())) {
                response.addStats(usage.of(sandbox.record()));
            }
        }
        return response.build();
    }

    private static boolean matches(PodSandboxStatsFilter filter, SandboxRecord sandbox) {
        return sandbox.state() == SandboxState.READY && sandbox.id().value().startsWith(filter.getId())
                && sandbox.config().getLabelsMap().entrySet().containsAll(filter.getLabelSelectorMap().entrySet());
    }
}
