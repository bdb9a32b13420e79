package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerStatus;
import java.util.List;

/** What a sandbox wants of its containers. */
public interface PodContainers {
    /** Ends all containers of the sandbox at once and waits for their ends. */
    void kill(ObjectId sandbox) throws Exception;

    /** Removes all containers of the sandbox, running ones by force. */
    void remove(ObjectId sandbox) throws Exception;

    /** Returns the state of all containers of the sandbox. */
    List<ContainerStatus> statuses(ObjectId sandbox);
}
