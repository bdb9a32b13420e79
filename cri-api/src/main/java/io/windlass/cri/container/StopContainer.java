package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.spec.StopSignal;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopContainerResponse;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a container: its stop signal first, and after the grace period KILL for all its processes. A grace period of 0 means KILL at once.
 *
 * <p>
 * May be repeated, also while another call waits: a shorter grace period then wins. A container that does not run, or does not exist, is
 * stopped already. The wait is for the end itself; nothing is polled.
 */
public final class StopContainer {
    private static final long AFTER_KILL_SECONDS = 120;

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerCgroups cgroups;
    private final Shims shims;

    StopContainer(ContainerStore store, SandboxStore sandboxes, ContainerCgroups cgroups, Shims shims) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.cgroups = cgroups;
        this.shims = shims;
    }

    /** @throws CriException INVALID_ARGUMENT for a negative timeout, DEADLINE_EXCEEDED when even KILL does not end it */
    public StopContainerResponse call(StopContainerRequest request) throws Exception {
        if (request.getTimeout() < 0) {
            throw CriException.invalidArgument("timeout " + request.getTimeout() + " is negative: use seconds, 0 to kill at once");
        }
        var found = store.find(request.getContainerId());
        if (found.isPresent()) {
            stop(found.get(), request.getTimeout());
        }
        return StopContainerResponse.getDefaultInstance();
    }

    /** Stops a container; {@code grace} is in seconds. */
    void stop(Container container, long grace) throws IOException, InterruptedException {
        if (!(container.record().life() instanceof Running)) {
            return;
        }
        boolean ended = grace > 0 && shims.signal(container.id(), container.record().stopSignal()) && awaitEnd(container, grace);
        if (!ended) {
            kill(container);
            if (!awaitEnd(container, AFTER_KILL_SECONDS)) {
                throw CriException.deadlineExceeded("container " + container.id() + " does not end although it was killed: a process of it "
                        + "is stuck in the kernel, look for state D in /proc/*/stat");
            }
        }
    }

    private void kill(Container container) throws IOException {
        var sandbox = sandboxes.get(container.record().sandbox());
        if (sandbox.isPresent()) {
            cgroups.of(container.id(), sandbox.get().record()).kill();
        }
        shims.signal(container.id(), StopSignal.SIGKILL);
    }

    private static boolean awaitEnd(Container container, long seconds) throws InterruptedException {
        try {
            container.end().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only ever completed
        }
    }
}
