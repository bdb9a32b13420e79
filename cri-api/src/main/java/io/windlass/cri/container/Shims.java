package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.process.ExecProcess;
import io.windlass.shim.process.ExecResult;
import io.windlass.shim.process.PreparedStart;
import io.windlass.shim.spec.ExecSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The processes of containers: what starts, signals, watches and finds them again. Ends are told to a consumer given at construction. */
interface Shims extends AutoCloseable {
    /**
     * What ended.
     *
     * @param code the exit code, or 128 and the number of the signal
     * @param finishedAt nanoseconds since the epoch
     */
    record End(ObjectId id, int code, long finishedAt) {}

    /**
     * Starts the container's program and the pumping of its output; returns when it runs.
     *
     * @param log where its output goes, a path without links; null for nowhere
     * @throws IOException naming what failed; nothing of it is left
     */
    ShimRef start(ObjectId id, PreparedStart prepared, Path exitRecord, @Nullable Path log) throws IOException;

    /**
     * Takes over a container of an earlier daemon: its output is pumped on, its end is told, be it long past.
     *
     * @return false where neither the shim nor a record of its end is there
     */
    boolean adopt(ContainerRecord container, ShimRef ref, Path exitRecord) throws IOException;

    /**
     * Finds the shim of a container whose program was started when the earlier daemon was killed over it.
     *
     * @return {@link ShimRef#GONE} where there is none that could be taken over
     */
    ShimRef findLeft(Path exitRecord) throws IOException;

    /** Kills the shims that an earlier daemon started and did not note, whose exit records are these; what they started is in its cgroup. */
    void killLeft(Predicate<Path> records) throws IOException;

    /** Sends a signal to the container's init; false where it has ended. */
    boolean signal(ObjectId id, int signal) throws IOException;

    /** Opens the log anew, after it was moved away. */
    void reopenLog(ObjectId id) throws IOException;

    /** Waits until all output of a container that has ended is in its log, and closes it. */
    void closeLog(ObjectId id) throws IOException;

    /**
     * Runs a process in the container and collects its output.
     *
     * @param timeout zero for none
     * @param cap bytes kept of each stream
     * @param kill ends all processes of the exec
     * @throws TimeoutException after the timeout and the kill
     */
    ExecResult exec(ObjectId id, ExecSpec spec, Duration timeout, int cap, Runnable kill) throws IOException, TimeoutException;

    /** Starts a process in the container whose streams a client gets. */
    ExecProcess exec(ObjectId id, ExecSpec spec, ExecProcess.Streams streams) throws IOException;

    @Override
    void close();
}
