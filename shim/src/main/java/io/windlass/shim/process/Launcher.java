package io.windlass.shim.process;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Starts containers, commands in them, and the inits of pods. May be called by any thread, virtual ones too. */
public final class Launcher implements AutoCloseable {
    public Launcher() throws IOException {}

    /**
     * Starts a container. Returns once its command has been executed.
     *
     * @param stdin whether the container's standard input is a pipe (or, with a terminal, open); else it is /dev/null
     * @param exitRecord file that the shim makes and writes at the container's end, 32 bytes
     * @throws LaunchException what could not be done; nothing is left running
     */
    public ShimProcess start(String id, ContainerSpec spec, boolean stdin, Path exitRecord) throws IOException {
        throw new UnsupportedOperationException(id + spec + stdin + exitRecord);
    }

    /**
     * Finds a container that an earlier daemon started, and opens its streams again.
     *
     * @return empty if that shim is gone: the exit record tells how the container ended, see {@link #exitOf}
     */
    public Optional<ShimProcess> adopt(String id, int shimPid, long shimStartTime, int initPid, boolean terminal, boolean stdin,
            Path exitRecord)
            throws IOException {
        throw new UnsupportedOperationException(id + shimPid + shimStartTime + initPid + terminal + stdin + exitRecord);
    }

    /** Reads the exit record of a container whose shim is gone; empty where none was written. */
    public static Optional<ExitStatus> exitOf(String id, Path exitRecord) throws IOException {
        throw new UnsupportedOperationException(id + exitRecord);
    }

    /**
     * Runs a command in a container to its end.
     *
     * @param cap the most bytes kept of each of stdout and stderr; the rest is read and thrown away
     * @param kill called when the timeout is over; must kill the command and everything it started
     * @throws LaunchException if it could not be started
     * @throws TimeoutException after the timeout and the kill
     */
    public ExecResult execSync(ShimProcess container, ExecSpec spec, Duration timeout, int cap, Runnable kill)
            throws IOException, TimeoutException {
        throw new UnsupportedOperationException(container.id() + spec + timeout + cap + kill);
    }

    /** Starts a command in a container. */
    public ExecProcess exec(ShimProcess container, ExecSpec spec, ExecProcess.Streams streams) throws IOException {
        throw new UnsupportedOperationException(container.id() + spec + streams);
    }

    /** Starts the init of a pod that shares its PID namespace, in a new PID namespace. It joins the pod's other namespaces. */
    public PodInit podInit(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, CgroupJoin cgroup) throws IOException {
        throw new UnsupportedOperationException("" + net + ipc + uts + cgroup);
    }

    /** Finds a pod's init that an earlier daemon started; empty if it is gone. */
    public Optional<PodInit> adoptPodInit(int pid, long startTime) throws IOException {
        throw new UnsupportedOperationException("" + pid + startTime);
    }

    @Override
    public void close() {}
}
