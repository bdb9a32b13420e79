package io.windlass.cni;

import io.windlass.cni.netlink.Links;
import io.windlass.cni.netlink.RouteSocket;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.StatFs;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox's network namespace: the file that pins it, and while it is open a netlink socket inside, so that nobody has to enter it again.
 *
 * <p>
 * Closing releases the socket only; the namespace lives until {@link NetnsFactory#remove}. Not for several threads at once. See
 * network_namespaces(7).
 */
public final class Netns implements AutoCloseable {
    private final Path path;
    private @Nullable RouteSocket route;
    private boolean loopbackUp;

    private Netns(Path path) {
        this.path = path;
    }

    /** Names an existing namespace by its file, a pin or {@code /proc/PID/ns/net}; it is entered when that is needed, not now. */
    public static Netns at(Path path) {
        return new Netns(path);
    }

    /** Prepares the calling thread's namespace, which is new: no router advertisements, loopback up, a socket inside. */
    static Netns current(Path path) throws IOException {
        Netns netns = new Netns(path);
        netns.enterCurrent();
        try {
            netns.loopbackUp();
        } catch (IOException e) {
            netns.close();
            throw e;
        }
        return netns;
    }

    /** Returns the namespace's file. */
    public Path path() {
        return path;
    }

    /** Says whether the file still pins a namespace. */
    public boolean exists() {
        try {
            long type = Syscall.statfs(path.toString()).type();
            return type == StatFs.NSFS_MAGIC || type == StatFs.PROC_SUPER_MAGIC;
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens the namespace's file, for calls that take a namespace by descriptor. */
    public Fd open() throws IOException {
        return Namespace.NET.open(path);
    }

    /**
     * Returns a socket inside, which stays this object's; the first time it may cost a thread that enters the namespace.
     *
     * @throws ErrnoException where the namespace is gone
     */
    public RouteSocket route() throws IOException {
        if (route == null) {
            try (Fd namespace = open()) {
                NamespaceThread.call(() -> {
                    Namespace.NET.setns(namespace);
                    enterCurrent();
                    return true;
                });
            }
        }
        return Objects.requireNonNull(route);
    }

    /** Brings the loopback interface up, unless this object has done so before. */
    public void loopbackUp() throws IOException {
        if (!loopbackUp) {
            Links.up(route(), Links.LOOPBACK);
            loopbackUp = true;
        }
    }

    private void enterCurrent() throws IOException {
        Sysctl.writeIfPresent("net/ipv6/conf/default/accept_ra", "0");
        route = RouteSocket.open();
    }

    @Override
    public void close() {
        if (route != null) {
            route.close();
            route = null;
        }
    }
}
