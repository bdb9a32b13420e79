package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

/** A pull on a thread of its own, and everyone who waits for it. When the last one leaves before the end, it is given up. */
final class RunningPull {

    /** What runs on the thread. */
    interface Work {
        Image run(Progress progress) throws ImageException, InterruptedException;
    }

    private final List<Progress> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Image> result = new CompletableFuture<>();
    private final Thread thread;
    private int waiting;

    RunningPull(String name, Work work, Runnable atEnd) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                Image image = work.run(event -> listeners.forEach(listener -> listener.report(event)));
                atEnd.run();
                result.complete(image);
            } catch (ImageException | InterruptedException | RuntimeException | Error e) {
                atEnd.run();
                result.completeExceptionally(e);
            }
        });
    }

    /** Joins, and starts the pull for the first; false when everyone had left already and the pull is ending. */
    synchronized boolean join(Progress progress) {
        boolean first = thread.getState() == Thread.State.NEW;
        if (!first && waiting == 0) {
            return false;
        }
        listeners.add(progress);
        if (first) {
            try {
                thread.start();
            } catch (OutOfMemoryError e) { // no thread can be made; the next who joins tries again
                listeners.remove(progress);
                throw e;
            }
        }
        waiting++;
        return true;
    }

    Image await(Progress progress) throws ImageException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImageException failure) {
                throw new ImageException(failure.kind(), "" + failure.getMessage(), failure);
            }
            if (e.getCause() instanceof InterruptedException cancelled) {
                throw new ImageException(Kind.UNAVAILABLE, "the pull was given up", cancelled);
            }
            if (e.getCause() instanceof OutOfMemoryError exhausted) {
                throw exhausted;
            }
            throw new IllegalStateException("a pull failed unexpectedly", e.getCause());
        } finally {
            leave(progress);
        }
    }

    private synchronized void leave(Progress progress) {
        listeners.remove(progress);
        waiting--;
        if (waiting == 0 && !result.isDone()) {
            thread.interrupt();
        }
    }

    void cancel() {
        thread.interrupt();
    }

    /** Waits until the thread has cleared up. */
    void ended() throws InterruptedException {
        thread.join();
    }
}
