package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The journals of all pumps: one each, for a pump that hangs leaves its batch under way while the next goes on. What an earlier daemon was killed over
 * keeps its journal until it has been made good: this one may be killed too.
 */
final class LogJournals {
    private final Path path;
    private final List<LogJournal> interrupted = new ArrayList<>();
    private final List<LogJournal> idle = new ArrayList<>();
    private int opened;

    /** Makes good what an earlier daemon was killed over. */
    @FunctionalInterface
    interface Mender {
        void mend(LogJournal.Batch batch) throws IOException;
    }

    private LogJournals(Path path) {
        this.path = path;
    }

    /**
     * Opens those of an earlier daemon.
     *
     * @param path what a number is added to
     */
    static LogJournals open(Path path) throws IOException {
        LogJournals journals = new LogJournals(path);
        while (Files.exists(journals.file(journals.opened))) {
            LogJournal journal = journals.openNext();
            (journal.interrupted().isPresent() ? journals.interrupted : journals.idle).add(journal);
        }
        return journals;
    }

    private Path file(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    private LogJournal openNext() throws IOException {
        LogJournal journal = LogJournal.open(file(opened));
        opened++;
        return journal;
    }

    /**
     * If an earlier daemon was killed over this stream, that is made good, for which a file system may have to be waited for. Once only: what this one logs
     * from then on, the next daemon would cut away.
     */
    void mend(String id, Stream stream, Mender mender) throws IOException {
        for (LogJournal journal : interrupted(batch -> batch.id().equals(id) && batch.stream() == stream)) {
            try {
                mender.mend(journal.interrupted().orElseThrow());
            } finally {
                release(journal);
            }
        }
    }

    /** Tells whether an earlier daemon was killed over the output of this container, and it has not been made good. */
    boolean holds(String id) {
        return !interrupted(batch -> batch.id().equals(id)).isEmpty();
    }

    /** Forgets what earlier daemons had in hand of these containers. */
    void forget(Predicate<String> ids) {
        interrupted(batch -> ids.test(batch.id())).forEach(this::release);
    }

    private synchronized List<LogJournal> interrupted(Predicate<LogJournal.Batch> which) {
        return interrupted.stream().filter(journal -> journal.interrupted().filter(which).isPresent()).toList();
    }

    private synchronized void release(LogJournal journal) {
        journal.end();
        interrupted.remove(journal);
        idle.add(journal);
    }

    /** Returns one that no pump has. */
    synchronized LogJournal take() throws IOException {
        return idle.isEmpty() ? openNext() : idle.removeFirst();
    }

    synchronized void giveBack(LogJournal journal) {
        idle.add(journal);
    }
}
