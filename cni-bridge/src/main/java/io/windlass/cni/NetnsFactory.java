package io.windlass.cni;

import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import java.io.IOException;
import java.nio.file.Path;

/** Makes network namespaces that outlive the thread that made them. See network_namespaces(7). */
public final class NetnsFactory {
    private NetnsFactory() {}

    /**
     * Makes a namespace with its loopback interface up, and pins it: a bind mount on the file {@code pin}, which must not exist yet.
     *
     * @return the namespace with a netlink socket inside; close it when the sandbox is attached
     * @throws IOException naming the system call; nothing is left
     */
    public static Netns create(Path pin) throws IOException {
        return NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.NET);
            return pinCurrent(pin);
        });
    }

    /**
     * Does the part of {@link #create} that comes after unshare(2), for a caller that makes several namespaces at once: must run on the
     * thread of a {@code NamespaceThread} that has just left its network namespace by {@code CLONE_NEWNET}.
     *
     * @throws IOException naming the system call; nothing is left
     */
    public static Netns pinCurrent(Path pin) throws IOException {
        Netns netns = Netns.current(pin);
        try {
            Namespace.NET.pin(pin);
        } catch (IOException e) {
            netns.close();
            throw e;
        }
        return netns;
    }

    /**
     * Unmounts and deletes the pin; the kernel ends the namespace with its last user. A pin that is gone is no error.
     *
     * @throws IOException naming the system call
     */
    public static void remove(Path pin) throws IOException {
        Namespace.unpin(pin);
    }
}
