package io.windlass.cri.container;

import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListContainersResponse;

/** Lists containers. Reads memory only. */
public final class ListContainers {
    private final ContainerStore store;

    ListContainers(ContainerStore store) {
        this.store = store;
    }

    public ListContainersResponse call(ListContainersRequest request) {
        var response = ListContainersResponse.newBuilder();
        for (var container : store.all()) {
            var record = container.record();
            if (ContainerFilters.matches(request.getFilter(), record)) {
                response.addContainers(toCri(record));
            }
        }
        return response.build();
    }

    private static Container toCri(ContainerRecord container) {
        var config = container.config();
        return Container.newBuilder().setId(container.id().value()).setPodSandboxId(container.sandbox().value())
                .setMetadata(config.getMetadata()).setImage(config.getImage()).setImageRef(container.image().id())
                .setImageId(container.image().id()).setState(container.life().state()).setCreatedAt(container.createdAt())
                .putAllLabels(config.getLabelsMap()).putAllAnnotations(config.getAnnotationsMap()).build();
    }
}
