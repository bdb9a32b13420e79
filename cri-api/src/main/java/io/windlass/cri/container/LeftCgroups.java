package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.Retries;
import io.windlass.shim.cgroup.Killable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier daemon ran and nobody waits for any more: commands, whose callers have gone with it, and containers whose records are damaged.
 * What is run from now on is none of it.
 */
final class LeftCgroups {
    private static final Logger LOG = LoggerFactory.getLogger(LeftCgroups.class);

    private final Map<ObjectId, List<Killable>> left = new LinkedHashMap<>();
    private final Retries retries;

    LeftCgroups(Retries retries) {
        this.retries = retries;
    }

    void add(ObjectId container, List<? extends Killable> cgroups) {
        left.computeIfAbsent(container, id -> new ArrayList<>()).addAll(cgroups);
    }

    /** Ends them, and waits so long for all of them together. Those that are stuck in the kernel are ended later, beside the caller. */
    void end(Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        left.values().forEach(cgroups -> kill(cgroups, deadline));
        left.forEach((container, cgroups) -> {
            try {
                delete(cgroups, deadline);
            } catch (IOException e) {
                LOG.warn("event=left-over container={} error=\"{}\"", container.shortened(), e.getMessage());
                retries.later("end what an earlier daemon ran in container " + container, () -> endAgain(cgroups));
            }
        });
    }

    private static void endAgain(List<Killable> cgroups) throws IOException {
        long deadline = System.nanoTime() + Execs.LAST_PROCESS.toNanos();
        kill(cgroups, deadline);
        delete(cgroups, deadline);
    }

    /**
     * One that cannot be killed costs no other, and cannot be deleted either. A kernel that does not kill a cgroup at once takes two seconds
     * for each that is stuck: after the deadline the others are left, too.
     */
    private static void kill(List<Killable> cgroups, long deadline) {
        for (var cgroup : cgroups) {
            try {
                if (System.nanoTime() - deadline < 0) {
                    cgroup.kill();
                }
            } catch (IOException e) {
                LOG.warn("event=not-killed error=\"{}\"", e.getMessage());
            }
        }
    }

    /** Each that is removed is taken off the list: a new one may come to have its name. */
    private static void delete(List<Killable> cgroups, long deadline) throws IOException {
        IOException failure = null;
        for (var each = cgroups.iterator(); each.hasNext();) {
            try {
                each.next().delete(Duration.ofNanos(deadline - System.nanoTime()));
                each.remove();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
