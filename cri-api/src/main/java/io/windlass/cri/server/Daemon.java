package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cri.config.Config;
import io.windlass.cri.log.Logfmt;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon: makes every part from the configuration, hands each what it needs, serves, and takes it all down in reverse. */
public final class Daemon implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final int UMASK = 0077;

    private final Closing closing;
    private final Listener listener;
    private final SystemdNotifier notifier;

    private Daemon(Closing closing, Listener listener, SystemdNotifier notifier) {
        this.closing = closing;
        this.listener = listener;
        this.notifier = notifier;
    }

    /**
     * Starts; the socket is served when this returns.
     *
     * @throws IOException when the directories or the socket cannot be had, another daemon having them among the reasons
     */
    public static Daemon start(Config config) throws IOException {
        long start = System.nanoTime();
        Closing closing = new Closing();
        Processes.umask(UMASK); // what is made is for nobody else, however the process was started
        try {
            closing.add(DirectoryLock.take(config.root()));
            closing.add(DirectoryLock.take(config.state()));
            SocketFile socket = SocketFile.at(config.socket());
            IdleMemory memory = IdleMemory.ofJvm();
            InFlight inFlight = new InFlight(memory::used);
            PeerGate gate = new PeerGate(Set.copyOf(List.of(0, ownUid())));
            Parts parts = Parts.open(config, closing);
            Listener listener = closing.add(
                    Listener.open(socket, gate, services(config, parts, inFlight), inFlight, config.maxMessageBytes(),
                            config.shutdownSeconds()));
            SystemdNotifier notifier = SystemdNotifier.of(System.getenv());
            memory.begin(listener.loop());
            notifier.ready(listener.loop());
            Thread.ofPlatform().daemon().name("warm").start(parts.pods()::warm);
            LOG.info(Logfmt.event("serving").field("socket", socket).field("version", Version.NUMBER)
                    .field("pid", ProcessHandle.current().pid())
                    .field("us", (System.nanoTime() - start) / 1000).toString());
            return new Daemon(closing, listener, notifier);
        } catch (IOException | RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    private static List<ServerServiceDefinition> services(Config config, Parts parts, InFlight inFlight) {
        return List.of(RuntimeService.define(config, parts, inFlight), ImageService.define(parts.images(), parts.stats(), inFlight),
                ImageService.defineWatched(parts.images(), inFlight));
    }

    private static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    /** Takes no new calls, lets those under way end, and closes every part. Containers run on. */
    @Override
    public void close() {
        LOG.info(Logfmt.event("stopping").toString());
        notifier.stopping(listener.loop());
        closing.close();
        LOG.info(Logfmt.event("stopped").toString());
    }
}
