package io.windlass.cri.stream.pod;

import io.windlass.shim.process.ContainerLog;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The inputs of containers that end with their first client, whoever else is attached: each client hears of the end. */
final class Inputs {

    private final Map<String, CompletableFuture<Void>> open = new HashMap<>();
    private boolean left;

    /** What completes when a container's input has been ended by {@link #end}, which who joins calls at the latest when it leaves. */
    synchronized CompletableFuture<Void> join(String container) {
        return open.computeIfAbsent(container, id -> new CompletableFuture<>());
    }

    /** Ends a container's input. */
    void end(String container, ContainerLog log) throws IOException {
        CompletableFuture<Void> ended;
        synchronized (this) {
            if (left) {
                return;
            }
            ended = open.remove(container);
        }
        log.closeStdin();
        if (ended != null) {
            ended.complete(null);
        }
    }

    /** Nothing ends any more. */
    synchronized void leave() {
        left = true;
    }
}
