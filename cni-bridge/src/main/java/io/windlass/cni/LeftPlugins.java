package io.windlass.cni;

import io.windlass.shim.linux.LeftProcesses;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugins that an earlier daemon was killed over. They go on and are let end, for what a plugin leaves that is killed half way no DEL may find:
 * the bridge plugin deletes the link first, and takes from it which rules to delete. Only at the end of the deadline are they killed. A plugin is
 * known by its input, and its sandbox by its environment.
 */
final class LeftPlugins {
    private static final Logger LOG = LoggerFactory.getLogger(LeftPlugins.class);
    private static final String CONTAINER = "CNI_CONTAINERID=";

    private final Duration deadline;
    private final Map<String, CompletableFuture<Void>> ends = new ConcurrentHashMap<>();

    LeftPlugins(Duration deadline) {
        this.deadline = deadline;
    }

    /** Finds those that work for one of these sandboxes. To be called before a plugin is run. */
    void find(Set<String> sandboxes) throws IOException {
        if (sandboxes.isEmpty()) {
            return;
        }
        for (int pid : LeftProcesses.find(process -> servedBy(process, sandboxes).isPresent())) {
            try {
                follow(pid, sandboxes);
            } catch (IOException e) {
                LOG.debug("plugin {} has ended", pid, e);
            }
        }
    }

    /** The second look is at the process of the pidfd. Children that have a plugin's input are in its group, which it leads. */
    private void follow(int pid, Set<String> sandboxes) throws IOException {
        if (!Processes.kill(-pid, 0)) {
            return;
        }
        PidFd plugin = PidFd.open(pid);
        Optional<String> sandbox = Optional.empty();
        try {
            sandbox = servedBy(Path.of("/proc", "" + pid), sandboxes);
        } finally {
            if (sandbox.isEmpty()) {
                plugin.close();
            }
        }
        sandbox.ifPresent(id -> {
            LOG.info("event=plugin-goes-on pid={} sandbox={} reason=\"an earlier daemon was killed over it\"", pid, id);
            CompletableFuture<Void> end = new CompletableFuture<>();
            Thread.ofPlatform().name("left-plugin-" + pid).daemon().start(() -> await(plugin, end));
            ends.merge(id, end, CompletableFuture::allOf);
        });
    }

    /** Waits until none works for the sandbox: CNI allows one operation on a container at a time. */
    void awaitEnds(String sandbox) {
        CompletableFuture<Void> end = ends.get(sandbox);
        if (end != null) {
            end.join();
            ends.remove(sandbox);
        }
    }

    private void await(PidFd plugin, CompletableFuture<Void> end) {
        try (plugin) {
            if (!plugin.awaitExit((int) deadline.toMillis())) {
                LOG.warn("event=plugin-killed pid={} reason=\"it did not end within {} ms\"", plugin.pid(), deadline.toMillis());
                Processes.kill(-plugin.pid(), Processes.SIGKILL);
                plugin.awaitExit(-1);
            }
        } catch (IOException e) {
            LOG.warn("event=plugin-left pid={} error=\"{}\"", plugin.pid(), e.getMessage());
        } finally {
            end.complete(null);
        }
    }

    /** Which of the sandboxes a process works for, if it is a plugin. */
    private static Optional<String> servedBy(Path process, Set<String> sandboxes) throws IOException {
        if (!Files.readSymbolicLink(process.resolve("fd/0")).toString().startsWith("/memfd:" + PluginProcess.INPUT)) {
            return Optional.empty();
        }
        return Stream.of(Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1).split("\0"))
                .filter(variable -> variable.startsWith(CONTAINER)).map(variable -> variable.substring(CONTAINER.length()))
                .filter(sandboxes::contains).findFirst();
    }
}
