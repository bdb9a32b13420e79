package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Moves the output of all containers into their log files, by one thread, and one more for each file system that hangs. */
public final class ContainerLogs implements AutoCloseable {
    /** The longest text of one record in bytes, as the peers have it. */
    public static final int DEFAULT_MAX_LINE = 16 * 1024;

    private final int maxLine;
    private final LogJournals journals;
    private final Epoll epoll;
    private final Map<String, ContainerLog> logs = new ConcurrentHashMap<>();
    private final Map<Long, LogStream> streams = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final HungLogs hung = new HungLogs();
    private final BlockingCalls blocking = new BlockingCalls();
    private final LogWatch watch;

    /**
     * @param maxLine the longest text of one record in bytes; longer lines are parted
     * @param journalFile keeps what the pump has in hand, for the case that the daemon is killed; lost at a reboot, as the containers are
     */
    public ContainerLogs(int maxLine, Path journalFile) throws IOException {
        if (maxLine < 1) {
            throw new IllegalArgumentException("log lines of at most " + maxLine + " bytes");
        }
        this.maxLine = maxLine;
        journals = LogJournals.open(journalFile);
        epoll = Epoll.create();
        watch = new LogWatch(this::pump);
        watch.start();
    }

    /**
     * Follows a container that was started. Close the log before the container.
     *
     * @param logFile made with mode 0640 or appended to; null throws output away, but for taps
     */
    public ContainerLog attach(ShimProcess container, @Nullable Path logFile) throws IOException {
        LogFile file = LogFile.at(logFile);
        file.open();
        return follow(container, file);
    }

    /** Finds out where a container's log goes. */
    @FunctionalInterface
    public interface Place {
        /** @return null for nowhere; what an IOException says of may be over the next time */
        @Nullable
        Path find() throws IOException;
    }

    /**
     * The same for one that was adopted, and whose log may be on a file system that hangs, or cannot be had by now: the pump opens the file when there
     * is something to write, be it of an earlier daemon.
     */
    public ContainerLog adopt(ShimProcess container, Place log) throws IOException {
        return follow(container, LogFile.sought(log));
    }

    /**
     * The containers of an earlier daemon have been adopted: what it had in hand of others is nobody's.
     *
     * @param pending the ids of those that are still to be adopted
     */
    public void allAreAdoptedBut(Set<String> pending) {
        journals.forget(id -> !logs.containsKey(id) && !pending.contains(id));
    }

    private ContainerLog follow(ShimProcess container, LogFile file) throws IOException {
        List<LogStream> made = new ArrayList<>();
        try {
            switch (container.stdio()) {
                case Stdio.Pipes pipes -> {
                    made.add(stream(container, ContainerLog.Stream.OUT, pipes.stdout(), file));
                    made.add(stream(container, ContainerLog.Stream.ERR, pipes.stderr(), file));
                }
                case Stdio.Terminal terminal -> made.add(stream(container, ContainerLog.Stream.OUT, terminal.master(), file));
            }
            ContainerLog log = new ContainerLog(this, container, file, made);
            logs.put(container.id(), log);
            file.mendBy(() -> {
                for (LogStream stream : made) {
                    stream.mend(journals, maxLine);
                }
            });
            if (journals.holds(container.id())) {
                made.getFirst().remind();
            }
            for (LogStream stream : made) {
                streams.put(stream.token(), stream);
                stream.start();
            }
            return log;
        } catch (IOException | RuntimeException | Error e) {
            made.forEach(stream -> {
                streams.remove(stream.token());
                stream.end();
            });
            logs.remove(container.id());
            file.close();
            throw e;
        }
    }

    private LogStream stream(ShimProcess container, ContainerLog.Stream name, Fd source, LogFile file) throws IOException {
        return new LogStream(container.id(), name, source, container.stdio() instanceof Stdio.Pipes, file, epoll, tokens.incrementAndGet());
    }

    /** Finds a container that is followed. */
    public Optional<ContainerLog> find(String id) {
        return Optional.ofNullable(logs.get(id));
    }

    /** Takes what is in a stream's pipe. */
    void finish(LogStream stream) throws IOException {
        blocking.call(() -> {
            stream.finish(new LogBuffers(maxLine, null));
            return stream;
        });
    }

    void forget(String id, ContainerLog log) {
        logs.remove(id, log);
        log.streams().forEach(stream -> streams.remove(stream.token()));
    }

    private LogPump pump(Runnable busy) throws IOException {
        LogJournal journal = journals.take();
        try {
            return new LogPump(epoll, streams, hung, new LogBuffers(maxLine, journal), busy, () -> journals.giveBack(journal));
        } catch (OutOfMemoryError e) {
            journals.giveBack(journal);
            throw e;
        }
    }

    /** Stops the pump. Containers run on: their output waits in their pipes for the next daemon. */
    @Override
    public void close() {
        try {
            watch.close(epoll::wake);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        logs.values().stream().filter(log -> log.streams().stream().noneMatch(LogStream::isHeld)).forEach(ContainerLog::close);
        blocking.close();
        epoll.close();
    }
}
