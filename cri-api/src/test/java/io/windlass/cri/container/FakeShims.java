package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.process.ExecProcess;
import io.windlass.shim.process.ExecResult;
import io.windlass.shim.process.PreparedStart;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Processes that are none: they end when a signal says so that they heed, or when told to. */
final class FakeShims implements Shims {
    /** When all of them end, in nanoseconds since the epoch: in the year 2100. */
    static final long END = 4_102_444_800_000_000_000L;

    final Map<ObjectId, ContainerSpec> started = new ConcurrentHashMap<>();
    final List<ObjectId> adopted = new CopyOnWriteArrayList<>();
    final List<Integer> signals = new CopyOnWriteArrayList<>();
    Set<Integer> heeded = Set.of(9);
    boolean failStart;
    @Nullable
    Error startError;
    boolean failExec;
    private final Consumer<End> ends;

    FakeShims(Consumer<End> ends) {
        this.ends = ends;
    }

    @Override
    public synchronized ShimRef start(ObjectId id, PreparedStart prepared, Path exitRecord, @Nullable Path log) throws IOException {
        if (startError != null) {
            throw startError;
        }
        if (failStart) {
            throw new IOException("exec \"/bin/nope\": ENOENT (no such file or directory)");
        }
        started.put(id, prepared.spec());
        return new ShimRef(1, 2, 3, "boot");
    }

    @Override
    public boolean adopt(ContainerRecord container, ShimRef ref, Path exitRecord) {
        adopted.add(container.id());
        return !ref.equals(ShimRef.GONE);
    }

    @Override
    public ShimRef findLeft(Path exitRecord) {
        return ShimRef.GONE;
    }

    @Override
    public void killLeft(Predicate<Path> records) {}

    @Override
    public synchronized boolean signal(ObjectId id, int signal) {
        signals.add(signal);
        if (heeded.contains(signal)) {
            end(id, 128 + signal);
        }
        return true;
    }

    void end(ObjectId id, int code) {
        ends.accept(new End(id, code, END));
    }

    @Override
    public void reopenLog(ObjectId id) {}

    @Override
    public void closeLog(ObjectId id) {}

    @Override
    public ExecResult exec(ObjectId id, ExecSpec spec, Duration timeout, int cap, Runnable kill) throws TimeoutException {
        if (failExec) {
            kill.run();
            throw new TimeoutException();
        }
        return new ExecResult(3, String.join(" ", spec.process().args()).getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    @Override
    public ExecProcess exec(ObjectId id, ExecSpec spec, ExecProcess.Streams streams) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
