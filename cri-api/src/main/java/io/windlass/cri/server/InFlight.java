package io.windlass.cri.server;

import io.grpc.Context;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls that are under way: each on a platform thread of its own, counted, so that their end can be waited for.
 *
 * <p>
 * Nearly every call ends in blocking system calls, for which a virtual thread would have to hand over to a platform thread and back: two
 * wake-ups of 0.2 ms each. gRPC's own threads would cost two more: they begin a call before its request is there, and wait for it.
 */
public final class InFlight implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().name("call-", 0).daemon().factory());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private final Runnable ended;
    private int calls;

    /** @param ended told of each call's end, on its thread */
    InFlight(Runnable ended) {
        this.ended = ended;
    }

    /**
     * Runs a call on a thread of its own, in the caller's gRPC context.
     *
     * @throws RejectedExecutionException after close
     * @throws OutOfMemoryError where no thread can be made
     */
    void run(Runnable call) {
        Runnable inContext = Context.current().wrap(call);
        add(1);
        try {
            threads.execute(() -> {
                try {
                    inContext.run();
                } finally {
                    add(-1);
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            add(-1);
            throw e;
        }
    }

    /** Runs a call on this thread. */
    void count(Runnable call) {
        add(1);
        try {
            call.run();
        } finally {
            add(-1);
        }
    }

    private void add(int difference) {
        if (difference < 0) {
            ended.run();
        }
        lock.lock();
        try {
            calls += difference;
            if (calls == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no call is under way, at most so many seconds; tells whether it came to that. */
    boolean awaitNone(int seconds) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (calls > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
            return calls == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts what is still under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
