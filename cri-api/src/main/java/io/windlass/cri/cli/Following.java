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

    /** What is done at each look. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** Prints the log until the container has ended, and returns its last status. */
    ContainerStatus until(LogTail tail) throws IOException, InterruptedException {
        return follow(tail::printNew);
    }

    /** Returns the last status once the container has ended. */
    ContainerStatus untilEnd() throws IOException, InterruptedException {
        return follow(() -> {
        });
    }

    private ContainerStatus follow(Step step) throws IOException, InterruptedException {
        while (true) {
            ContainerStatus status = status();
            step.run();
            if (status.getState() == ContainerState.CONTAINER_EXITED || status.getState() == ContainerState.CONTAINER_UNKNOWN) {
                return status;
            }
            Thread.sleep(INTERVAL_MILLIS);
        }
    }

    private ContainerStatus status() {
        return runtime.runtime().containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build()).getStatus();
    }
}
