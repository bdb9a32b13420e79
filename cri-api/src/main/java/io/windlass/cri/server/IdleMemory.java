package io.windlass.cri.server;

import io.netty.util.concurrent.EventExecutorGroup;
import io.windlass.cri.log.Logfmt;
import io.windlass.shim.linux.FilePages;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what only the start, or the calls of the last seconds, needed of the JVM's own files: its code, its classes in the AOT cache and its
 * modules. That is half of the daemon; what the next call touches of it is there again within a millisecond. Garbage goes too, once it is not little. A daemon without calls does nothing.
 */
final class IdleMemory {
    private static final Logger LOG = LoggerFactory.getLogger(IdleMemory.class);
    private static final int SECONDS = 5;
    /** Garbage that is too little to collect. */
    private static final long LITTLE = 16 << 20;

    private final @Nullable FilePages pages;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile @Nullable EventExecutorGroup loop;
    private volatile long live;

    private IdleMemory(@Nullable FilePages pages) {
        this.pages = pages;
    }

    /** Finds the JVM's files, which stay mapped as long as it runs. */
    static IdleMemory ofJvm() {
        return new IdleMemory(pages());
    }

    private static @Nullable FilePages pages() {
        try {
            return FilePages.mapped(file -> file.endsWith("/libjvm.so") || file.endsWith(".aot") || file.endsWith("/lib/modules"));
        } catch (IOException e) { // a kernel without CONFIG_PROC_PAGE_MONITOR
            kept(e);
            return null;
        }
    }

    /** Begins, on a loop that may wait for a millisecond. */
    void begin(EventExecutorGroup on) {
        loop = on;
        used();
    }

    /** Memory has been used: gives it back some seconds later. */
    void used() {
        var on = loop;
        if (on != null && due.compareAndSet(false, true)) {
            try {
                var unused = on.schedule(this::giveBack, SECONDS, TimeUnit.SECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("the daemon stops", e);
            }
        }
    }

    private void giveBack() {
        due.set(false);
        collect();
        try {
            if (pages != null) {
                pages.giveBack();
            }
        } catch (IOException e) {
            kept(e);
        }
    }

    /** The old generation would take all of the heap it may have before the JVM collects it. */
    private void collect() {
        if (heap() > live + LITTLE) {
            System.gc();
            live = heap();
        }
    }

    private static long heap() {
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    private static void kept(IOException e) {
        LOG.warn(Logfmt.event("memory-kept").field("error", String.valueOf(e.getMessage())).toString());
    }
}
