package io.windlass.cri.sandbox;

import java.nio.file.Path;

/**
 * Where the files of one sandbox are, below the state directory: lost at a reboot, as all they describe.
 *
 * @param directory {@code STATE/sandboxes/ID}
 */
public record SandboxPaths(Path directory) {
    /** Returns the pin of the network namespace. */
    public Path net() {
        return directory.resolve("net");
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
