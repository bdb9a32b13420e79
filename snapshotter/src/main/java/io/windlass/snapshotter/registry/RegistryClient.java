package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads images from registries. See the OCI distribution specification. One for a process; connections are kept between pulls. */
public final class RegistryClient implements AutoCloseable {
    private final RegistryHosts hosts;
    private final Duration stall;
    private final DownHosts down;
    private @Nullable Transport transport;

    /**
     * @param hosts a certs.d directory, or null
     * @param stall how long a registry may send nothing
     */
    public RegistryClient(@Nullable Path hosts, Duration stall) {
        this(hosts, stall, System::nanoTime);
    }

    /** @param nanoTime a clock as {@link System#nanoTime} is one */
    RegistryClient(@Nullable Path hosts, Duration stall, LongSupplier nanoTime) {
        this.hosts = new RegistryHosts(hosts);
        this.stall = stall;
        this.down = new DownHosts(nanoTime);
    }

    /** Returns the repository of {@code reference} for one pull: its tokens are kept no longer. */
    public Repository repository(Reference reference, @Nullable Credentials credentials) throws ImageException {
        return new Repository(transport(), hosts.of(reference.domain()), down, reference, credentials);
    }

    private synchronized Transport transport() {
        if (transport == null) {
            transport = new Transport(new EnvironmentProxies(System.getenv()), stall);
        }
        return transport;
    }

    @Override
    public synchronized void close() {
        if (transport != null) {
            transport.close();
            transport = null;
        }
    }
}
