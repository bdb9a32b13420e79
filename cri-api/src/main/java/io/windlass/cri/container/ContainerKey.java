package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerMetadata;

/** What makes two CreateContainer calls the same one. */
record ContainerKey(ObjectId sandbox, String name, int attempt) {
    static ContainerKey of(ObjectId sandbox, ContainerMetadata metadata) {
        return new ContainerKey(sandbox, metadata.getName(), metadata.getAttempt());
    }
}
