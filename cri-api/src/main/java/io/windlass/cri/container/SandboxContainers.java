package io.windlass.cri.container;

import io.windlass.cri.sandbox.PodContainers;
import io.windlass.cri.store.Beside;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerStatus;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The containers of a sandbox, ended and removed side by side. */
final class SandboxContainers implements PodContainers {
    private final ContainerStore store;
    private final StopContainer stop;
    private final RemoveContainer remove;

    SandboxContainers(ContainerStore store, StopContainer stop, RemoveContainer remove) {
        this.store = store;
        this.stop = stop;
        this.remove = remove;
    }

    @Override
    public void kill(ObjectId sandbox) throws Exception {
        each(store.of(sandbox), container -> stop.stop(container, 0));
    }

    @Override
    public void remove(ObjectId sandbox) throws Exception {
        each(store.of(sandbox), remove::remove);
    }

    @Override
    public List<ContainerStatus> statuses(ObjectId sandbox) {
        return store.of(sandbox).stream().map(container -> ContainerStatuses.of(container.record())).toList();
    }

    @FunctionalInterface
    private interface Work {
        void on(Container container) throws Exception;
    }

    private static void each(List<Container> containers, Work work) throws Exception {
        if (containers.size() == 1) {
            work.on(containers.getFirst());
            return;
        }
        var under = containers.stream().map(container -> new FutureTask<>((Callable<Boolean>) () -> {
            work.on(container);
            return true;
        })).toList();
        under.forEach(Beside::run);
        Exception failure = null;
        for (var one : under) {
            try {
                one.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
