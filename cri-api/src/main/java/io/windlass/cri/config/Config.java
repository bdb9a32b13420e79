package io.windlass.cri.config;

import io.windlass.snapshotter.oci.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Everything that can be set, with nothing left to default. What each value means stands at its key in {@link Settings}; paths are absolute.
 *
 * @param root             what outlives a reboot
 * @param state            what does not
 * @param socket           the CRI socket
 * @param sandboxImage     what Status reports to tools that ask for a pause image; nothing here runs it
 * @param runtimeHandlers  names of this runtime beside the empty one
 * @param shutdownSeconds  how long calls under way may take after SIGTERM
 * @param maxMessageBytes  longest gRPC message taken
 */
public record Config(Path root, Path state, Path socket, String sandboxImage, Set<String> runtimeHandlers, int shutdownSeconds,
        int maxMessageBytes, Cni cni, Registry registry, Cgroup cgroup, Stream stream, Log log, Container container) {

    public Config {
        runtimeHandlers = Set.copyOf(runtimeHandlers);
    }

    /**
     * Pod networking.
     *
     * @param confDir        where network config lists are looked for
     * @param confTemplate   file of which such a list is made when the pod CIDR is known, empty for none
     * @param timeoutSeconds for one run of a plugin
     * @param binDirs        where their plugins are, first match wins
     * @param defaultSubnet  addresses the built-in bridge hands out, a CIDR or two of different families; empty for no bridge
     * @param bridge         interface name of the built-in bridge
     * @param netnsDir       where the network namespaces of pods are pinned
     */
    public record Cni(Path confDir, String confTemplate, int timeoutSeconds, List<Path> binDirs, String defaultSubnet, String bridge,
            Path netnsDir) {}

    /**
     * Pulling of images.
     *
     * @param configPath             directory of HOST/hosts.toml
     * @param maxConcurrentDownloads layers fetched at a time for one image
     * @param progressTimeoutSeconds how long a registry may send nothing
     * @param pinnedImages           images that a kubelet leaves alone
     */
    public record Registry(Path configPath, int maxConcurrentDownloads, int progressTimeoutSeconds, List<Reference> pinnedImages) {}

    /**
     * Who makes the cgroups, and where.
     *
     * @param parent of pods whose cgroup nobody names
     */
    public record Cgroup(Driver driver, String parent) {

        /** The kinds of cgroup parent a kubelet may send. */
        public enum Driver {
            /** Paths, which are made as they are. */
            CGROUPFS
        }
    }

    /**
     * Exec, attach and port-forward streams.
     *
     * @param address     where they are served: ADDRESS:PORT, port 0 for any
     * @param tlsCert     file of the certificate and its chain; empty for plain HTTP
     * @param tlsKey      file of its key
     * @param idleSeconds how long nothing may come or go before the client is taken for dead
     * @param detachKeys  end an attach to a terminal; empty for none
     */
    public record Stream(String address, String tlsCert, String tlsKey, int idleSeconds, String detachKeys) {}

    /** What is logged to stderr. */
    public record Log(Level level) {

        /** From all that happens to what is wrong only. */
        public enum Level {
            DEBUG, INFO, WARN, ERROR
        }
    }

    /**
     * Defaults of containers.
     *
     * @param maxLogLineBytes longest line before a log marks it partial
     * @param pidsLimit       processes in a container, 0 for no limit
     */
    public record Container(int maxLogLineBytes, long pidsLimit) {}

    /** The configuration of an empty file. */
    public static Config defaults() {
        return Settings.build(Values.NONE);
    }
}
