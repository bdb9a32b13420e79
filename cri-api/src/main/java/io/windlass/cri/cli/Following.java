package io.windlass.cri.cli;

import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ContainerStatusRequest;
import java.io.IOException;

/** Waits for a container's end. The CRI has no call for that, so its status is asked for every few milliseconds. */
final class Following {

    private static final int INTERVAL_MILLIS = 50;

    private final Connection runtime;
    private final String id;

    Following(Connection runtime, String id) {
        this.runtime = runtime;
        this.id = id;
    }

    /** Prints the log until the container has ended, and returns its last status. */
    ContainerStatus until(LogTail tail) throws IOException, InterruptedException {
        while (true) {
            ContainerStatus status = status();
            tail.printNew();
            if (hasEnded(status)) {
                return status;
            }
            Thread.sleep(INTERVAL_MILLIS);
        }
    }

    /** Returns the last status once the container has ended. */
    ContainerStatus untilEnd() throws InterruptedException {
        ContainerStatus status = status();
        while (!hasEnded(status)) {
            Thread.sleep(INTERVAL_MILLIS);
            status = status();
        }
        return status;
    }

    private static boolean hasEnded(ContainerStatus status) {
        return status.getState() == ContainerState.CONTAINER_EXITED || status.getState() == ContainerState.CONTAINER_UNKNOWN;
    }

    private ContainerStatus status() {
        return runtime.runtime().containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build()).getStatus();
    }
}
