package io.windlass.cri.server;

import io.windlass.cni.Attachment;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.config.Config;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** In a network namespace that plays the host. */
class NetworkingTest {
    private static final String BRIDGE = "wltest9";

    @TempDir
    private Path scratch;

    private Config config() {
        var defaults = Config.defaults();
        var cni = new Config.Cni(scratch.resolve("net.d"), "", 1, List.of(), "", BRIDGE, scratch.resolve("netns"));
        return new Config(scratch.resolve("root"), scratch.resolve("state"), scratch.resolve("s"), "", Set.of(), 1, 1 << 20, cni,
                defaults.registry(), defaults.cgroup(), defaults.stream(), defaults.log(), defaults.container());
    }

    private Path lease(String sandbox, String address) throws IOException {
        var leases = Files.createDirectories(scratch.resolve("root/cni/leases").resolve(BRIDGE));
        return Files.writeString(leases.resolve(address), sandbox + "\neth0\n16\n");
    }

    /** Its pods are there where an earlier daemon was configured otherwise, or had another default. */
    @Test
    void takesBackWhatTheBuiltInBridgeHoldsThoughItIsNotWanted() throws Exception {
        var stopped = lease("stopped", "10.87.0.2");
        var ownerless = lease("ownerless", "10.87.0.3");
        var living = lease("living", "10.87.0.4");
        try (var closing = new Closing()) {
            var network = NamespaceThread.<PodNetwork, IOException>call(() -> {
                Namespace.unshare(Namespace.NET);
                return Networking.open(config(), closing).network();
            });
            assertThat(network.status().message()).contains("no network configuration");
            network.del(Attachment.of("stopped", "n", "p", "u"), null);
            assertThat(stopped).doesNotExist();
            network.collect("living"::equals);
            assertThat(ownerless).doesNotExist();
            assertThat(living).exists();
        }
    }

    @Test
    void makesNoBridgeThatIsNeitherWantedNorHeld() throws Exception {
        try (var closing = new Closing()) {
            var network = Networking.open(config(), closing).network();
            assertThat(network.status().message()).contains("no network configuration");
            assertThat(scratch.resolve("root/cni/leases")).doesNotExist();
        }
    }
}
