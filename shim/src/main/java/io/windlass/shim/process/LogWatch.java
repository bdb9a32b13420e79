package io.windlass.shim.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks after the pump while it works, and replaces one that hangs. While there is nothing to do it sleeps. */
final class LogWatch implements Runnable {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Maker maker;
    private final Thread thread = Thread.ofPlatform().name("container-logs-watch").daemon().unstarted(this);
    private volatile LogPump pump;
    private volatile Thread pumping;
    private volatile boolean asleep;
    private volatile boolean closed;

    /** Makes pumps. */
    @FunctionalInterface
    interface Maker {
        /** @param busy what the pump calls when it begins to work */
        LogPump make(Runnable busy) throws IOException;
    }

    LogWatch(Maker maker) throws IOException {
        this.maker = maker;
        pump = maker.make(this::wake);
        pumping = Thread.ofPlatform().name("container-logs").daemon().unstarted(pump);
    }

    void start() {
        pumping.start();
        thread.start();
    }

    private void wake() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        long last = 0;
        while (!closed) {
            long visit = pump.visit();
            if (visit != 0 && visit == last) {
                visit = replace(visit);
            }
            boolean idle = visit == 0 && last == 0;
            last = visit;
            sleep(idle);
        }
    }

    /** Returns 0 when the pump hung and has been replaced. Out of descriptors, threads or memory it is tried again as long as it hangs. */
    private long replace(long visit) {
        try {
            LogPump fresh = maker.make(this::wake);
            CompletableFuture<Boolean> needed = new CompletableFuture<>();
            Thread successor = Thread.ofPlatform().name("container-logs").daemon().unstarted(() -> {
                if (needed.join()) {
                    fresh.run();
                } else {
                    fresh.giveBack();
                }
            });
            try {
                successor.start(); // first: a pump is not retired for one that cannot work
            } catch (OutOfMemoryError e) {
                fresh.giveBack();
                return visit;
            }
            boolean retired = false;
            try {
                retired = pump.retireFrom(visit);
                if (retired) {
                    pump = fresh;
                    pumping = successor;
                }
            } finally {
                needed.complete(retired);
            }
            return retired ? 0 : visit;
        } catch (IOException | OutOfMemoryError e) {
            return visit;
        }
    }

    private void sleep(boolean idle) {
        if (!idle) {
            LockSupport.parkNanos(this, PATIENCE_NANOS);
            return;
        }
        asleep = true;
        if (pump.visit() == 0 && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    /** Ends the pump and this; a pump that hangs is not waited for. */
    void close(Runnable wakePump) throws InterruptedException {
        closed = true;
        LockSupport.unpark(thread);
        thread.join();
        pump.close();
        wakePump.run();
        if (!pumping.join(Duration.ofSeconds(1))) {
            pump.retireFrom(pump.visit());
        }
    }
}
