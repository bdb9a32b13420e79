package io.windlass.cni;

import java.nio.file.Path;

/**
 * A sandbox's network namespace: the file that pins it, and while it is open a netlink socket inside, so that nobody has to enter it again.
 *
 * <p>
 * Closing releases the socket only; the namespace lives until {@link NetnsFactory#remove}. See network_namespaces(7).
 */
public final class Netns implements AutoCloseable {
    private final Path path;

    private Netns(Path path) {
        this.path = path;
    }

    /** Names an existing namespace by its file, a pin or {@code /proc/PID/ns/net}; it is entered when that is needed, not now. */
    public static Netns at(Path path) {
        return new Netns(path);
    }

    /** Returns the namespace's file. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {}
}
