package io.windlass.cri.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A server in front of the host. */
final class ServerFixture implements AutoCloseable {

    static final Wanted OUT = new Wanted(false, true, false, false);
    static final Wanted ALL = new Wanted(true, true, true, false);
    static final Wanted TTY = new Wanted(true, true, false, true);

    private static final Duration IDLE = Duration.ofHours(4);

    final HostTarget target = new HostTarget();
    final StreamServer server;

    ServerFixture() throws IOException {
        server = StreamServer.start(StreamAddress.parse("127.0.0.1:0"), null, IDLE, DetachKeys.parse("ctrl-p,ctrl-q"), target,
                new PendingRequests(InstantSource.system()));
    }

    String exec(Wanted wanted, String... command) {
        return server.url(new StreamRequest.Exec("c1", List.of(command), wanted));
    }

    String attach(Wanted wanted) {
        return server.url(new StreamRequest.Attach("c1", wanted));
    }

    String forward(Integer... ports) {
        return server.url(new StreamRequest.PortForward("s1", List.of(ports)));
    }

    /** Descriptors of this process that are pipes, sockets or terminals. */
    static long descriptors() throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.filter(link -> {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    return target.startsWith("pipe:") || target.startsWith("socket:") || target.contains("ptmx");
                } catch (IOException e) {
                    return false; // the listing's own descriptor
                }
            }).count();
        }
    }

    /** Waits for something that happens on other threads. */
    static void await(String what, BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen: " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
