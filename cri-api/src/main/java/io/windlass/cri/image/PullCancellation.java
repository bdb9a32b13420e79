package io.windlass.cri.image;

import io.grpc.Context;
import io.windlass.snapshotter.oci.ImageException;

/** Ends a pull when the client that asked for it has gone or its deadline has passed. */
final class PullCancellation {

    /** What may take long. */
    @FunctionalInterface
    interface Pull<T> {
        T call() throws ImageException, InterruptedException;
    }

    private PullCancellation() {}

    /** Calls on this thread, and interrupts it when the gRPC context is cancelled. */
    static <T> T call(Pull<T> pull) throws ImageException, InterruptedException {
        Thread caller = Thread.currentThread();
        Context.CancellationListener listener = context -> caller.interrupt();
        Context context = Context.current();
        context.addListener(listener, Runnable::run);
        try {
            return pull.call();
        } finally {
            context.removeListener(listener);
        }
    }
}
