package io.windlass.cri.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * Where the files of one sandbox are, below the state directory but for one pin: lost at a reboot, as all they describe.
 *
 * @param directory {@code STATE/sandboxes/ID}
 */
public record SandboxPaths(Path directory) {
    /** Returns the pin of the network namespace: where {@link #placeNet} put it, or among these files, as earlier versions did. */
    public Path net() {
        try {
            return Files.readSymbolicLink(directory.resolve("net"));
        } catch (IOException e) {
            return directory.resolve("net");
        }
    }

    /**
     * Gives the pin of the network namespace a place in a directory that agents of the node see, under a name such as containerd's, and keeps a
     * link to it here. See ip-netns(8).
     */
    void placeNet(Path netnsDirectory) throws IOException {
        if (!Files.isDirectory(netnsDirectory)) {
            Files.createDirectories(netnsDirectory);
            Files.setPosixFilePermissions(netnsDirectory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        var id = String.valueOf(directory.getFileName());
        var name = "cni-" + new UUID(Long.parseUnsignedLong(id.substring(0, 16), 16), Long.parseUnsignedLong(id.substring(16, 32), 16));
        Files.createSymbolicLink(directory.resolve("net"), netnsDirectory.resolve(name));
    }

    /** Takes the link to the pin away, which is gone itself. Repeatable. */
    void forgetNet() throws IOException {
        Files.deleteIfExists(directory.resolve("net"));
    }

    /** Returns the pin of the IPC namespace. */
    public Path ipc() {
        return directory.resolve("ipc");
    }

    /** Returns the pin of the UTS namespace. */
    public Path uts() {
        return directory.resolve("uts");
    }

    /** Returns the pin of the user namespace. */
    public Path user() {
        return directory.resolve("user");
    }

    /** Returns the directory of the init that reaps in the shared PID namespace. */
    public Path init() {
        return directory.resolve("init");
    }

    /** Returns the mount point of the pod's /dev/shm. */
    public Path shm() {
        return directory.resolve("shm");
    }

    public Path hostname() {
        return directory.resolve("hostname");
    }

    public Path hosts() {
        return directory.resolve("hosts");
    }

    public Path resolvConf() {
        return directory.resolve("resolv.conf");
    }
}
