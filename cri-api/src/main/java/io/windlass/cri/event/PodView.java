package io.windlass.cri.event;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerEventResponse;

/** What a pod is like at this moment, for an event about it. Reads memory only, and waits for nobody. */
@FunctionalInterface
public interface PodView {

    /** Adds the state of the sandbox and of all its containers; nothing of a sandbox that is not known. */
    void describe(ObjectId sandbox, ContainerEventResponse.Builder event);
}
