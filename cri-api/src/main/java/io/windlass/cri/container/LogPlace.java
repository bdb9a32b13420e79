package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a container's output goes. The log directory is the kubelet's, and may be behind links; below it there is none, as a pod that has the node's logs
 * as a volume could lead the output anywhere with one.
 */
final class LogPlace {
    private LogPlace() {}

    /**
     * Makes the directories.
     *
     * @return a path without links, or null for no log
     * @throws CriException FAILED_PRECONDITION for a link below the log directory
     */
    static @Nullable Path make(ContainerRecord container) throws IOException {
        if (container.logPath().isEmpty()) {
            return null;
        }
        var below = Path.of(container.config().getLogPath());
        var text = container.logPath();
        var directory = ensure(Path.of(text.substring(0, text.length() - below.toString().length()))).toRealPath();
        var place = directory;
        for (var name : below) {
            if (!place.equals(directory)) {
                ensure(place);
            }
            place = place.resolve(name);
            if (Files.isSymbolicLink(place)) {
                throw CriException.failedPrecondition("log " + text + " would go through the link " + place + ": remove it");
            }
        }
        return place;
    }

    /** One that is there is not made, for which a frozen file system would be waited for. */
    private static Path ensure(Path directory) throws IOException {
        return Files.isDirectory(directory) ? directory : Files.createDirectories(directory);
    }
}
