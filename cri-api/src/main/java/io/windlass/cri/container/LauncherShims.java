package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.process.ContainerLog;
import io.windlass.shim.process.ContainerLogs;
import io.windlass.shim.process.ExecProcess;
import io.windlass.shim.process.ExecResult;
import io.windlass.shim.process.ExitStatus;
import io.windlass.shim.process.ExitWatcher;
import io.windlass.shim.process.Launcher;
import io.windlass.shim.process.PreparedStart;
import io.windlass.shim.process.ShimProcess;
import io.windlass.shim.spec.ExecSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shims as they are: started by the launcher, watched by pidfd, their output pumped into logs. */
final class LauncherShims implements Shims {
    private static final Logger LOG = LoggerFactory.getLogger(LauncherShims.class);
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final Launcher launcher;
    private final ExitWatcher watcher;
    private final ContainerLogs logs;
    private final String boot;
    private final ConcurrentHashMap<ObjectId, ShimProcess> running = new ConcurrentHashMap<>();

    /** @param ends told of each end once, on the thread that watches all of them */
    LauncherShims(Launcher launcher, ContainerLogs logs, Consumer<End> ends) throws IOException {
        this.launcher = launcher;
        this.logs = logs;
        this.watcher = new ExitWatcher(status -> ends.accept(end(status)));
        this.boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    @Override
    public ShimRef start(ObjectId id, PreparedStart prepared, Path exitRecord, @Nullable Path log) throws IOException {
        var shim = launcher.start(id.value(), prepared, exitRecord);
        try {
            running.put(id, shim);
            logs.attach(shim, log);
            watcher.watch(shim);
        } catch (IOException | RuntimeException | Error e) {
            unfollow(id);
            launcher.takeBack(shim);
            throw e;
        }
        return new ShimRef(shim.shimPid(), shim.shimStartTime(), shim.initPid(), boot);
    }

    @Override
    public boolean adopt(ContainerRecord container, ShimRef ref, Path exitRecord) throws IOException {
        var id = container.id();
        if (ref.boot().equals(boot)) {
            var shim = launcher.adopt(id.value(), ref.shimPid(), ref.startTime(), ref.initPid(), container.config().getTty(),
                    container.config().getStdin(), exitRecord);
            if (shim.isPresent()) {
                try {
                    running.put(id, shim.get());
                    logs.adopt(shim.get(), () -> log(container));
                    watcher.watch(shim.get());
                } catch (IOException | RuntimeException | Error e) {
                    unfollow(id);
                    shim.get().close();
                    throw e;
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public ShimRef findLeft(Path exitRecord) throws IOException {
        return launcher.findLeftShim(exitRecord).map(shim -> new ShimRef(shim.pid(), shim.startTime(), shim.initPid(), boot))
                .orElse(ShimRef.GONE);
    }

    @Override
    public void killLeft(Predicate<Path> records) throws IOException {
        launcher.killLeftShims(records);
    }

    @Override
    public boolean signal(ObjectId id, int signal) throws IOException {
        var shim = running.get(id);
        return shim != null && shim.signal(signal);
    }

    @Override
    public void reopenLog(ObjectId id) throws IOException {
        var log = logs.find(id.value());
        if (log.isPresent()) {
            log.get().reopen();
        }
    }

    @Override
    public void closeLog(ObjectId id) throws IOException {
        try (var shim = running.remove(id); var log = logs.find(id.value()).orElse(null)) {
            if (log != null) {
                log.drain(DRAIN);
                if (log.droppedLines() > 0) {
                    LOG.warn("event=log-records-lost container={} records={}", id.shortened(), log.droppedLines());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ExecResult exec(ObjectId id, ExecSpec spec, Duration timeout, int cap, Runnable kill) throws IOException, TimeoutException {
        return launcher.execSync(require(id), spec, timeout, cap, kill);
    }

    @Override
    public ExecProcess exec(ObjectId id, ExecSpec spec, ExecProcess.Streams streams) throws IOException {
        return launcher.exec(require(id), spec, streams);
    }

    @Override
    public void close() {
        watcher.close();
        running.values().forEach(ShimProcess::close);
    }

    private ShimProcess require(ObjectId id) {
        var shim = running.get(id);
        if (shim == null) {
            throw CriException.failedPrecondition("container " + id + " has ended");
        }
        return shim;
    }

    private void unfollow(ObjectId id) {
        running.remove(id);
        logs.find(id.value()).ifPresent(ContainerLog::close);
    }

    /** A log that cannot be had, be it for a tenant's link or a full disk, costs its own output while that is so, not the container. */
    private static @Nullable Path log(ContainerRecord container) throws IOException {
        try {
            return LogPlace.make(container);
        } catch (CriException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static End end(ExitStatus status) {
        return new End(new ObjectId(status.id()), status.code(), nanos(status.finishedAt()));
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
