package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.program.ShimFd;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Starts containers, commands in them, and the inits of pods. May be called by any thread, virtual ones too. */
public final class Launcher implements AutoCloseable {
    private final ProgramCompiler compiler;
    private final ShimSpawn spawn;
    private final BlockingCalls blocking = new BlockingCalls();
    private final ExecLauncher execs;
    private volatile boolean bindDevices;

    public Launcher() throws IOException {
        this(() -> {
        });
    }

    /** @param running called in each start once its command runs, before anything is known of the process but its number: a test's way in */
    Launcher(Runnable running) throws IOException {
        Architecture architecture = Architecture.current();
        compiler = new ProgramCompiler(architecture, ProcFile.capabilities());
        spawn = new ShimSpawn(architecture, running);
        execs = new ExecLauncher(compiler, spawn);
    }

    /**
     * Makes a container's program, for {@link #start}. Nothing of the host is touched.
     *
     * @param stdin whether the container's standard input is a pipe (or, with a terminal, open); else it is /dev/null
     * @throws IllegalArgumentException for what no program can be made of, as more layers than fit into one mount
     */
    public PreparedStart prepare(ContainerSpec spec, boolean stdin) {
        boolean bind = bindDevices;
        return new PreparedStart(spec, stdin, bind, compiler.container(spec, stdin, bind));
    }

    /**
     * Starts a container. Returns once its command has been executed.
     *
     * @param exitRecord file that is made anew and tells, also a later daemon, whether the command ran and how it ended, see {@link ExitRecordFile}
     * @throws LaunchException what could not be done; nothing is left running
     */
    public ShimProcess start(String id, PreparedStart prepared, Path exitRecord) throws IOException {
        return blocking.call(() -> startAnyhow(id, prepared, exitRecord));
    }

    /** Makes the programs of a container and of a command in it, and runs neither. */
    public void rehearse(ContainerSpec spec) {
        var _ = prepare(spec, false);
        var _ = compiler.exec(new ExecSpec(spec.process(), spec.linux().cgroup()), true, true, true);
    }

    /** Some starts fail first and tell what has to be done otherwise here. */
    private ShimProcess startAnyhow(String id, PreparedStart first, Path exitRecord) throws IOException {
        PreparedStart prepared = first;
        boolean placed = false;
        while (true) {
            if (prepared.bindDevices() != bindDevices) {
                prepared = prepare(first.spec(), first.stdin());
            }
            try {
                return startNow(id, prepared, exitRecord);
            } catch (LaunchException e) {
                if (!prepared.bindDevices() && e.errno() == Errno.EPERM && e.step().startsWith("make /dev/")) {
                    bindDevices();
                } else if (!placed && MountPlaces.mayHelp(e)) {
                    MountPlaces.make(first.spec());
                    placed = true;
                } else {
                    throw e;
                }
            }
        }
    }

    /** From now on devices are bound from the host: this daemon may not make nodes. */
    void bindDevices() {
        bindDevices = true;
    }

    private ShimProcess startNow(String id, PreparedStart prepared, Path exitRecord) throws IOException {
        boolean terminal = prepared.spec().process().terminal();
        Streams streams = terminal
                ? Streams.terminal(spawn.nothing())
                : Streams.pipes(spawn.nothing(), prepared.stdin(), true, true);
        ShimSpawn.Started started;
        try {
            streams.keep();
            streams.giveAway(ShimFd.EXIT, ExitRecordFile.create(exitRecord));
            started = spawn.start(prepared.program(), streams.descriptors(), streams.childEnds(), List.of());
        } catch (IOException | RuntimeException | Error e) {
            streams.close();
            throw e;
        }
        try {
            return take(id, started, terminal, streams, exitRecord);
        } catch (IOException | RuntimeException | Error e) {
            started.destroy();
            streams.close();
            throw e;
        }
    }

    /**
     * Takes a start back: kills the container's init and waits for its end and its shim's. What else runs in the container's cgroup is the
     * caller's to kill. Only for a container that this launcher started and whose exit nobody has been told of.
     */
    public void takeBack(ShimProcess container) throws IOException {
        blocking.call(() -> {
            container.destroy();
            return container;
        });
    }

    /** The container runs by now, but descriptors or memory may run out. */
    private static ShimProcess take(String id, ShimSpawn.Started started, boolean terminal, Streams streams, Path exitRecord)
            throws IOException {
        PidFd shim = started.program();
        Stdio stdio = terminal ? new Stdio.Terminal(shim.getfd(ShimFd.TERMINAL_MASTER)) : streams.toStdio();
        try {
            long startTime = ProcFile.startTime(shim.pid());
            return new ShimProcess(id, shim, startTime, started.pid(), init(shim, started.pid()), stdio, exitRecord);
        } catch (IOException | RuntimeException | Error e) {
            stdio.close();
            throw e;
        }
    }

    /** The shim's own pidfd of the init: no other process can be meant. Null where somebody has killed the shim. */
    private static @Nullable PidFd init(PidFd shim, int pid) throws IOException {
        try {
            return PidFd.adopt(shim.getfd(ShimFd.KEEP_INIT), pid);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH || shim.hasExited()) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Finds a container that an earlier daemon started, and opens its streams again.
     *
     * @return empty if that shim is gone: the exit record tells how the container ended, see {@link ExitRecordFile#exitOf}
     */
    public Optional<ShimProcess> adopt(String id, int shimPid, long shimStartTime, int initPid, boolean terminal, boolean stdin,
            Path exitRecord)
            throws IOException {
        Optional<PidFd> found = find(shimPid, shimStartTime);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        PidFd shim = found.get();
        try {
            Stdio stdio = Stdio.keptBy(shim, terminal, stdin);
            try {
                return Optional.of(new ShimProcess(id, shim, shimStartTime, initPid, init(shim, initPid), stdio, exitRecord));
            } catch (IOException | RuntimeException | Error e) {
                stdio.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            boolean gone = shim.hasExited();
            shim.close();
            if (gone) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The start time is read after the pidfd is there, so both mean the same process. */
    private static Optional<PidFd> find(int pid, long startTime) throws IOException {
        PidFd process;
        try {
            process = PidFd.open(pid);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
        if (ProcFile.startTime(pid) != startTime || process.hasExited()) {
            process.close();
            return Optional.empty();
        }
        return Optional.of(process);
    }

    /**
     * Runs a command in a container to its end.
     *
     * @param timeout from the call on; zero for none
     * @param cap the most bytes kept of each of stdout and stderr; the rest is read and thrown away
     * @param kill called when the timeout is over; must kill all that is in the command's cgroup
     * @throws LaunchException if it could not be started
     * @throws TimeoutException after the timeout and the kill; what is frozen ends when it is thawed, which is not waited for
     */
    public ExecResult execSync(ShimProcess container, ExecSpec spec, Duration timeout, int cap, Runnable kill)
            throws IOException, TimeoutException {
        Object result = blocking.call(() -> {
            try {
                return execs.runToEnd(container, spec, timeout, cap, kill);
            } catch (TimeoutException e) {
                return e;
            }
        });
        if (result instanceof TimeoutException e) {
            throw e;
        }
        return (ExecResult) result;
    }

    /** Starts a command in a container. */
    public ExecProcess exec(ShimProcess container, ExecSpec spec, ExecProcess.Streams streams) throws IOException {
        return blocking.call(() -> execs.start(container, spec, streams));
    }

    /**
     * Starts the init of a pod that shares its PID namespace, in a new PID namespace. It joins the pod's other namespaces.
     *
     * @param id the pod's
     */
    public PodInit podInit(String id, Namespaces pod, CgroupJoin cgroup) throws IOException {
        return blocking.call(() -> PodInitProcess.start(compiler, spawn, blocking, id, pod, cgroup));
    }

    /** Starts a process in a new user namespace, and in those of the other kinds that are {@link NamespaceSpec#NEW}. */
    public NamespaceHolder holdNamespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts) throws IOException {
        return blocking.call(() -> NamespaceHolder.start(compiler, spawn, net, ipc, uts));
    }

    /** Finds a pod's init that an earlier daemon started; empty if it is gone. */
    public Optional<PodInit> adoptPodInit(int pid, long startTime) throws IOException {
        return find(pid, startTime).map(process -> new PodInitProcess(process, startTime, blocking));
    }

    /** Kills a pod's init that was started and never noted; false where there is none. */
    public boolean killLeftPodInit(String pod) throws IOException {
        return blocking.call(() -> PodInitProcess.killLeft(pod));
    }

    /**
     * Finds the shim of a container that an earlier daemon started and did not note.
     *
     * @return empty where there is none, or none that {@link #adopt} could take: it is not yet done with what it keeps
     */
    public Optional<LeftShim> findLeftShim(Path exitRecord) throws IOException {
        return blocking.call(() -> LeftShims.find(exitRecord));
    }

    /**
     * Kills the shims whose exit record is one of {@code records}: those of containers that were started and never noted. What runs in a
     * container's cgroup is the caller's to kill, after this.
     *
     * @return how many there were
     */
    public int killLeftShims(Predicate<Path> records) throws IOException {
        return blocking.call(() -> LeftShims.killByRecord(records));
    }

    @Override
    public void close() {
        execs.close();
        blocking.close();
        spawn.close();
    }
}
