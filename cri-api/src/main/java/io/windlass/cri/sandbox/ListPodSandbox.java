package io.windlass.cri.sandbox;

import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.ListPodSandboxResponse;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxFilter;
import java.util.stream.Stream;

/** Lists sandboxes. One that is still being made is not shown. */
public final class ListPodSandbox {
    private final SandboxStore store;

    ListPodSandbox(SandboxStore store) {
        this.store = store;
    }

    public ListPodSandboxResponse call(ListPodSandboxRequest request) {
        var response = ListPodSandboxResponse.newBuilder();
        select(request.getFilter()).forEach(response::addItems);
        return response.build();
    }

    /** Returns the sandboxes that the filter lets through. */
    Stream<PodSandbox> select(PodSandboxFilter filter) {
        return store.all().stream().map(Sandbox::record)
                .filter(record -> record.state() != SandboxState.CREATING && SandboxFilter.matches(filter, record))
                .map(ListPodSandbox::toCri);
    }

    private static PodSandbox toCri(SandboxRecord sandbox) {
        return PodSandbox.newBuilder().setId(sandbox.id().value()).setMetadata(sandbox.config().getMetadata())
                .setState(sandbox.state().toCri()).setCreatedAt(sandbox.createdAt()).putAllLabels(sandbox.config().getLabelsMap())
                .putAllAnnotations(sandbox.config().getAnnotationsMap()).setRuntimeHandler(sandbox.handler()).build();
    }
}
