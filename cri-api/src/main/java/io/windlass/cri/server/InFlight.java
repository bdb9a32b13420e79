package io.windlass.cri.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many calls are under way, to wait for their end. */
public final class InFlight {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int calls;

    void begin() {
        lock.lock();
        try {
            calls++;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            calls--;
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
}
