package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The journals of all pumps: one each, for a pump that hangs leaves its batch under way while the next goes on. */
final class LogJournals {
    private final Path path;
    private final List<LogJournal> opened = new ArrayList<>();
    private final List<LogJournal> idle = new ArrayList<>();

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
        do {
            journals.opened.add(LogJournal.open(journals.file(journals.opened.size())));
        } while (Files.exists(journals.file(journals.opened.size())));
        journals.idle.addAll(journals.opened);
        return journals;
    }

    private Path file(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /** The batch of this stream that an earlier daemon was killed over. */
    synchronized Optional<LogJournal.Batch> interrupted(String id, Stream stream) {
        return opened.stream().flatMap(journal -> journal.interrupted(id, stream).stream()).findFirst();
    }

    /** Returns one that no pump has. */
    synchronized LogJournal take() throws IOException {
        if (!idle.isEmpty()) {
            return idle.removeFirst();
        }
        LogJournal fresh = LogJournal.open(file(opened.size()));
        opened.add(fresh);
        return fresh;
    }

    synchronized void giveBack(LogJournal journal) {
        idle.add(journal);
    }
}
