package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.Retries;
import io.windlass.shim.cgroup.ExecGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands that an earlier daemon ran: whoever waited for them has gone with it. What is run from now on is none of them. */
final class LeftCommands {
    private static final Logger LOG = LoggerFactory.getLogger(LeftCommands.class);

    private final Map<ObjectId, List<ExecGroup>> left = new LinkedHashMap<>();
    private final Retries retries;

    LeftCommands(Retries retries) {
        this.retries = retries;
    }

    void add(ObjectId container, List<ExecGroup> commands) {
        left.put(container, new ArrayList<>(commands));
    }

    /** Ends them, and waits so long for all of them together. Those that are stuck in the kernel are ended later, beside the caller. */
    void end(Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        left.values().forEach(commands -> kill(commands, deadline));
        left.forEach((container, commands) -> {
            try {
                delete(commands, deadline);
            } catch (IOException e) {
                LOG.warn("event=exec-left-over container={} error=\"{}\"", container.shortened(), e.getMessage());
                retries.later("end what an earlier daemon ran in container " + container, () -> endAgain(commands));
            }
        });
    }

    private static void endAgain(List<ExecGroup> commands) throws IOException {
        long deadline = System.nanoTime() + Execs.LAST_PROCESS.toNanos();
        kill(commands, deadline);
        delete(commands, deadline);
    }

    /**
     * One that cannot be killed costs no other, and cannot be deleted either. A kernel that does not kill a cgroup at once takes two seconds
     * for each that is stuck: after the deadline the others are left, too.
     */
    private static void kill(List<ExecGroup> commands, long deadline) {
        for (var command : commands) {
            try {
                if (System.nanoTime() - deadline < 0) {
                    command.kill();
                }
            } catch (IOException e) {
                LOG.warn("event=exec-not-killed error=\"{}\"", e.getMessage());
            }
        }
    }

    /** Each that is removed is taken off the list: a new one may come to have its name. */
    private static void delete(List<ExecGroup> commands, long deadline) throws IOException {
        IOException failure = null;
        for (var each = commands.iterator(); each.hasNext();) {
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
