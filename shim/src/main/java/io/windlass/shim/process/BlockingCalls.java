package io.windlass.shim.process;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Runs calls that block in native code on platform threads: on a virtual thread they would hold its carrier. */
final class BlockingCalls implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().name("launch-", 0).daemon().factory());

    <T> T call(Callable<T> blocking) throws IOException {
        if (!Thread.currentThread().isVirtual()) {
            return unwrap(blocking);
        }
        Future<T> future;
        try {
            future = threads.submit(blocking);
        } catch (OutOfMemoryError e) { // no thread can be made
            return unwrap(blocking);
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true; // a start is not left half way
                } catch (ExecutionException e) {
                    throw rethrow(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T unwrap(Callable<T> blocking) throws IOException {
        try {
            return blocking.call();
        } catch (Exception e) {
            throw rethrow(e);
        }
    }

    private static IOException rethrow(@Nullable Throwable cause) {
        return switch (cause) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null -> new IOException("failed for no reason");
            case Throwable e -> new IOException(e);
        };
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
