package io.windlass.cri.server;

import io.windlass.cni.NetworkException;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.config.Config;
import io.windlass.cri.fsck.Fsck;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks the directories of a daemon, and repairs them where none is at work.
 *
 * @param findings what is wrong, after the repair if there was one
 * @param repairs how many repairs were made
 * @param running whether a daemon was at work
 */
public record DiskCheck(List<Finding> findings, int repairs, boolean running) {
    private static final int ROUNDS = 6;

    public DiskCheck {
        findings = List.copyOf(findings);
    }

    /** Checks; a daemon may be at work. */
    public static DiskCheck check(Config config) throws IOException {
        require(config);
        boolean running = isRunning(config);
        return new DiskCheck(Fsck.check(config.root(), config.state(), config.cgroup().parent(), running), 0, running);
    }

    /**
     * Repairs.
     *
     * @throws IOException when a daemon is at work
     */
    public static DiskCheck repair(Config config) throws IOException {
        require(config);
        try (Closing locks = new Closing()) {
            locks.add(DirectoryLock.take(config.root()));
            locks.add(DirectoryLock.take(config.state()));
            var network = new FirstNeeded(config, locks);
            int repairs = Fsck.repair(config.root(), config.state(), config.cgroup().parent(), ROUNDS, network::collect);
            return new DiskCheck(Fsck.check(config.root(), config.state(), config.cgroup().parent(), false), repairs, false);
        }
    }

    /** The network, opened when first something is to be given back: to open it sets damaged records aside, which is to be told before. */
    private static final class FirstNeeded {
        private final Config config;
        private final Closing closing;
        private @Nullable PodNetwork network;

        FirstNeeded(Config config, Closing closing) {
            this.config = config;
            this.closing = closing;
        }

        void collect(Predicate<String> living) throws IOException {
            if (network == null) {
                network = Networking.open(config, closing).network();
            }
            try {
                network.collect(living);
            } catch (NetworkException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Returns whether something is wrong that no start of the daemon mends. */
    public boolean isBad() {
        return findings.stream().anyMatch(finding -> !finding.harmless());
    }

    private static void require(Config config) throws IOException {
        if (!Files.isDirectory(config.root())) {
            throw new IOException("root directory " + config.root() + " does not exist: nothing was ever served from there");
        }
    }

    private static boolean isRunning(Config config) throws IOException {
        if (!Files.exists(config.root().resolve("lock"))) {
            return false;
        }
        try {
            DirectoryLock.take(config.root()).close();
            return false;
        } catch (DirectoryLock.HeldException e) {
            return true;
        }
    }
}
