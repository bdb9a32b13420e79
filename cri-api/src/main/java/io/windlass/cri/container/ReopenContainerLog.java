package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ReopenContainerLogRequest;
import io.windlass.cri.v1.ReopenContainerLogResponse;

/** Opens a container's log anew, after a kubelet has moved the old one away. */
public final class ReopenContainerLog {
    private final ContainerStore store;
    private final Shims shims;

    ReopenContainerLog(ContainerStore store, Shims shims) {
        this.store = store;
        this.shims = shims;
    }

    /** @throws CriException NOT_FOUND, or FAILED_PRECONDITION for a container that does not run */
    public ReopenContainerLogResponse call(ReopenContainerLogRequest request) throws Exception {
        var container = store.require(request.getContainerId());
        if (!(container.record().life() instanceof Running)) {
            throw CriException.failedPrecondition("container " + container.id() + " is " + container.record().life().word()
                    + ": only the log of a running container is written");
        }
        shims.reopenLog(container.id());
        return ReopenContainerLogResponse.getDefaultInstance();
    }
}
