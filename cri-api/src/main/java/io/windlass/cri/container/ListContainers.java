package io.windlass.cri.container;

import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListContainersResponse;
import java.util.stream.Stream;

/** Lists containers. Reads memory only. */
public final class ListContainers {
    private final ContainerStore store;

    ListContainers(ContainerStore store) {
        this.store = store;
    }

    public ListContainersResponse call(ListContainersRequest request) {
        var response = ListContainersResponse.newBuilder();
        select(request.getFilter()).forEach(response::addContainers);
        return response.build();
    }

    /** Returns the containers that the filter lets through. */
    Stream<Container> select(ContainerFilter filter) {
        return store.all().stream().map(io.windlass.cri.container.Container::record)
                .filter(record -> ContainerFilters.matches(filter, record)).map(ListContainers::toCri);
    }

    private static Container toCri(ContainerRecord container) {
        var config = container.config();
        return Container.newBuilder().setId(container.id().value()).setPodSandboxId(container.sandbox().value())
                .setMetadata(config.getMetadata()).setImage(config.getImage()).setImageRef(container.image().id())
                .setImageId(container.image().id()).setState(container.life().state()).setCreatedAt(container.createdAt())
                .putAllLabels(config.getLabelsMap()).putAllAnnotations(config.getAnnotationsMap()).build();
    }
}
