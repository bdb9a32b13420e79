package io.windlass.cri.sandbox;

import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.ListPodSandboxResponse;
import io.windlass.cri.v1.PodSandbox;

/** Lists sandboxes. One that is still being made is not shown. */
public final class ListPodSandbox {
    private final SandboxStore store;

    ListPodSandbox(SandboxStore store) {
        this.store = store;
    }

    public ListPodSandboxResponse call(ListPodSandboxRequest request) {
        var response = ListPodSandboxResponse.newBuilder();
        for (var sandbox : store.all()) {
            var record = sandbox.record();
            if (record.state() != SandboxState.CREATING && SandboxFilter.matches(request.getFilter(), record)) {
                response.addItems(toCri(record));
            }
        }
        return response.build();
    }

    private static PodSandbox toCri(SandboxRecord sandbox) {
        return PodSandbox.newBuilder().setId(sandbox.id().value()).setMetadata(sandbox.config().getMetadata())
                .setState(sandbox.state().toCri()).setCreatedAt(sandbox.createdAt()).putAllLabels(sandbox.config().getLabelsMap())
                .putAllAnnotations(sandbox.config().getAnnotationsMap()).setRuntimeHandler(sandbox.handler()).build();
    }
}
