package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Retries;
import io.windlass.shim.cgroup.ExecGroup;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.process.ExecProcess;
import io.windlass.shim.process.ExecResult;
import io.windlass.shim.process.LaunchException;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.ProcessSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands in running containers: as the container's user, with its environment and limits, in a cgroup of their own. */
public final class Execs {
    private static final Logger LOG = LoggerFactory.getLogger(Execs.class);
    static final Duration LAST_PROCESS = Duration.ofSeconds(10);
    /** What was killed is mostly gone in milliseconds; the caller does not wait for one that is frozen, or stuck in the kernel. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** What the names of the commands' cgroups begin with. */
    static final String GROUP = "exec-";

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final Shims shims;
    private final Retries retries;

    Execs(ContainerStore store, SandboxStore sandboxes, ContainerParts parts, Shims shims, Retries retries) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.shims = shims;
        this.retries = retries;
    }

    /**
     * Makes ready for a command; it is run by one of the methods of what is returned, which must be closed after its end.
     *
     * @throws CriException INVALID_ARGUMENT for no command, NOT_FOUND, FAILED_PRECONDITION for a container that does not run
     */
    public Prepared prepare(String containerId, List<String> command, boolean terminal) throws IOException {
        if (command.isEmpty()) {
            throw CriException.invalidArgument("cmd is empty");
        }
        var container = store.require(containerId);
        var record = container.record();
        if (!(record.life() instanceof Running)) {
            throw CriException.failedPrecondition("container " + record.id() + " is " + record.life().word() + ", not running");
        }
        var sandbox = sandboxes.get(record.sandbox())
                .orElseThrow(() -> CriException.notFound("sandbox " + record.sandbox() + " does not exist")).record();
        var spec = parts.described(container, sandbox);
        container.keep(spec);
        var process = process(spec, command, terminal);
        var group = parts.cgroup(record, sandbox).sub(GROUP);
        return new Prepared(container, new ExecSpec(process, CgroupJoin.of(group.joinFiles()), spec.linux().namespaces().user()),
                group);
    }

    /** What a client is told where a program could not be run. See clone(2) and setuid(2) for how a limit of processes shows. */
    static CriException refusal(String what, LaunchException e) {
        var message = what + ": " + e.getMessage();
        if (Shortage.isOne(e.errno())) {
            return CriException.resourceExhausted(message);
        }
        return e.errno() == Errno.EAGAIN
                ? CriException.resourceExhausted(message + ": the limit of processes is reached")
                : CriException.failedPrecondition(message);
    }

    /** As the container's process, but for what a terminal wants to know of itself where the container has none. */
    private static ProcessSpec process(ContainerSpec spec, List<String> command, boolean terminal) {
        var process = spec.process().withArgs(command).withTerminal(terminal);
        return terminal ? process.withDefault("TERM", "xterm") : process;
    }

    /** A command that is ready to run, runs or has ended. */
    public final class Prepared implements AutoCloseable {
        private final Container container;
        private final ExecSpec spec;
        private final ExecGroup group;
        private volatile boolean ended;
        private volatile @Nullable ExecProcess started;

        private Prepared(Container container, ExecSpec spec, ExecGroup group) {
            this.container = container;
            this.spec = spec;
            this.group = group;
        }

        /** Runs the command to its end; at most {@code cap} bytes of each stream are kept. */
        public ExecResult run(Duration timeout, int cap) throws IOException, TimeoutException {
            try {
                var result = shims.exec(container.id(), spec, timeout, cap, this::kill);
                ended = true;
                return result;
            } catch (LaunchException e) {
                throw refused(e);
            }
        }

        /** Starts the command with streams for a client. */
        public ExecProcess start(ExecProcess.Streams streams) throws IOException {
            try {
                var process = shims.exec(container.id(), spec, streams);
                started = process;
                return process;
            } catch (LaunchException e) {
                throw refused(e);
            }
        }

        private CriException refused(LaunchException e) {
            return refusal("command cannot be run in container " + container.id(), e);
        }

        /**
         * A command that still runs is killed with all that it has started, again and again where it does not end soon; what one has left
         * behind that ended by itself is the container's.
         */
        @Override
        public void close() {
            var process = started;
            boolean leave = ended || process != null && process.exit().isDone();
            try {
                if (leave) {
                    group.leave();
                } else {
                    end(SOON);
                }
            } catch (IOException e) {
                LOG.warn("event=exec-left-over container={} error=\"{}\"", container.id().shortened(), e.getMessage());
                if (!leave) {
                    retries.later("end what runs by " + group.joinFiles().getLast(), () -> end(LAST_PROCESS));
                }
            }
        }

        private void end(Duration wait) throws IOException {
            group.kill();
            group.delete(wait);
        }

        /** Ends the command with all that it has started. */
        void kill() {
            try {
                group.kill();
            } catch (IOException e) {
                LOG.warn("event=exec-not-killed container={} error=\"{}\"", container.id().shortened(), e.getMessage());
            }
        }
    }
}
