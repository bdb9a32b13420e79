package io.windlass.cri.sandbox;

import io.windlass.cri.store.Beside;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work beside the caller's own. Whoever starts it must {@link #get} it: it is never left alone.
 *
 * @param <T> its result
 */
final class Aside<T extends @Nullable Object> {
    private final FutureTask<T> work;

    private Aside(FutureTask<T> work) {
        this.work = work;
    }

    static <T extends @Nullable Object> Aside<T> run(Callable<T> work) {
        var aside = new Aside<>(new FutureTask<>(work));
        Beside.run(aside.work);
        return aside;
    }

    /** Waits for the end, also when interrupted (the interrupt is kept), and returns the result or throws what the work threw. */
    T get() throws Exception {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Exception cause) {
                        throw cause;
                    }
                    throw e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
