package io.windlass.cni.bridge;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that links vanish which the end of their namespace should have deleted. That end is cheap, as the kernel ends many namespaces
 * together; but a process that was left behind may keep a namespace alive. One look, some seconds later, settles it; the thread is there only
 * when there is something to look after.
 */
final class LinkReaper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkReaper.class);
    private static final int DELAY_SECONDS = 3;

    /** Deletes a link if it is there and still unwanted; says whether it did. */
    @FunctionalInterface
    interface Deletion {
        boolean run() throws IOException;
    }

    private final ScheduledThreadPoolExecutor executor;

    LinkReaper() {
        executor = new ScheduledThreadPoolExecutor(1, work -> Thread.ofPlatform().name("link-reaper").daemon().unstarted(work));
        executor.setKeepAliveTime(DELAY_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void expectEnd(String link, Deletion deletion) {
        try {
            var unused = executor.schedule(() -> look(link, deletion), DELAY_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=link.left link={} reason=closing", link); // a later collect finds it
        }
    }

    private static void look(String link, Deletion deletion) {
        try {
            if (deletion.run()) {
                LOG.info("event=link.reaped link={} reason=\"its namespace is still in use\"", link);
            }
        } catch (IOException e) {
            LOG.warn("event=link.left link={} error=\"{}\"", link, e.getMessage());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
