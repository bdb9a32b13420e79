package io.windlass.cni;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks plugins for their STATUS without letting the caller wait for one that hangs: after a second the answer before counts. One question runs
 * at a time; its end is the plugin's deadline.
 */
final class StatusProbe {
    private static final long PATIENCE_MILLIS = 1000;

    private final Function<NetworkConfigList, NetworkStatus> question;
    private @Nullable CompletableFuture<NetworkStatus> running;
    private @Nullable NetworkStatus last;

    StatusProbe(Function<NetworkConfigList, NetworkStatus> question) {
        this.question = question;
    }

    NetworkStatus ask(NetworkConfigList list) {
        try {
            return start(list).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return before(list);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return before(list);
        } catch (ExecutionException e) {
            return NetworkStatus.notReady(list.name(), list.label() + ": its plugins cannot be asked: " + e.getCause());
        }
    }

    private synchronized CompletableFuture<NetworkStatus> start(NetworkConfigList list) {
        CompletableFuture<NetworkStatus> asked = running;
        if (asked == null || asked.isDone()) {
            CompletableFuture<NetworkStatus> started = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    NetworkStatus answer = question.apply(list);
                    remember(answer);
                    started.complete(answer);
                } catch (RuntimeException e) {
                    started.completeExceptionally(e);
                }
            });
            running = started;
            return started;
        }
        return asked;
    }

    private synchronized void remember(NetworkStatus answer) {
        last = answer;
    }

    private synchronized NetworkStatus before(NetworkConfigList list) {
        return last != null && last.network().equals(list.name())
                ? last
                : NetworkStatus.notReady(list.name(), list.label() + ": its plugins have not answered STATUS yet");
    }
}
