package io.windlass.shim.linux;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs a piece of work on a platform thread of its own that may enter namespaces, and that ends with the work: a thread that called setns(2)
 * or unshare(2) never goes back to a pool.
 *
 * <p>
 * Example: {@code NamespaceThread.call(() -> { Namespace.unshare(NET); Namespace.NET.pin(path); return null; })}
 *
 * <p>
 * Class loading and I/O of the JDK inside the work happen in the entered namespaces too: keep the work short, and enter a mount namespace that
 * is not ours only with all classes loaded. A new time or PID namespace is only entered by children.
 */
public final class NamespaceThread {
    private static final long STACK_BYTES = 256 * 1024;
    private static final AtomicLong COUNT = new AtomicLong();

    private NamespaceThread() {}

    /** The work; {@code X} is what it throws. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {
        T call() throws X;
    }

    /**
     * Runs the work and waits for it, also when interrupted (the interrupt is kept). What the work throws is thrown here.
     *
     * @return what the work returned
     */
    public static <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        Outcome<T> outcome = new Outcome<>();
        Thread thread = Thread.ofPlatform().name("namespace-" + COUNT.incrementAndGet()).daemon().stackSize(STACK_BYTES).unstarted(() -> {
            try {
                outcome.value = work.call();
                outcome.done = true;
            } catch (Throwable t) { // goes on in the caller
                outcome.thrown = t;
            }
        });
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.<X>get();
    }

    private static final class Outcome<T extends @Nullable Object> {
        @Nullable
        T value;
        @Nullable
        Throwable thrown;
        boolean done;

        @SuppressWarnings({"unchecked", "NullAway"}) // the work throws X, unchecked exceptions and errors only; value is T once done
        <X extends Exception> T get() throws X {
            if (done) {
                return value;
            }
            if (thrown instanceof Error e) {
                throw e;
            }
            throw (X) thrown;
        }
    }
}
