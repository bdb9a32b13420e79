package io.windlass.cni;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfiguredNetworkTest {
    private static final Attachment ATTACHMENT = Attachment.of("s", "n", "p", "u");

    @TempDir
    private Path directory;

    /** A network that keeps a list of what it was asked. */
    private static final class RecordingNetwork implements PodNetwork {
        private final List<String> calls = new ArrayList<>();

        @Override
        public NetworkResult add(Attachment attachment, Netns netns) {
            calls.add("add");
            return new NetworkResult("recording", List.of(), List.of(), List.of(), PodDns.NONE);
        }

        @Override
        public void del(Attachment attachment, @Nullable Netns netns) {
            calls.add("del");
        }

        @Override
        public void check(Attachment attachment, Netns netns) {
            calls.add("check");
        }

        @Override
        public void usePodCidrs(List<Cidr> networks) {
            calls.add("usePodCidrs");
        }

        @Override
        public NetworkStatus status() {
            return NetworkStatus.ready("recording");
        }

        @Override
        public void collect(Predicate<String> living) {
            calls.add("collect");
        }
    }

    private CniClient plugins() {
        return new CniClient(directory, List.of(directory), directory.resolve("root"), Duration.ofSeconds(20), null);
    }

    @Test
    void builtInNetworkStandsInWhereThereIsNoConfiguration() throws Exception {
        RecordingNetwork builtIn = new RecordingNetwork();
        PodNetwork network = new ConfiguredNetwork(plugins(), builtIn, true);
        Netns netns = Netns.at(directory.resolve("ns"));
        assertThat(network.status()).isEqualTo(NetworkStatus.ready("recording"));
        network.add(ATTACHMENT, netns);
        network.check(ATTACHMENT, netns);
        network.del(ATTACHMENT, null);
        network.collect(Set.of()::contains);
        assertThat(builtIn.calls).containsExactly("add", "check", "del", "collect");
    }

    @Test
    void builtInNetworkThatIsNotWantedKeepsAndTakesBackWhatIsOnIt() throws Exception {
        RecordingNetwork builtIn = new RecordingNetwork();
        PodNetwork network = new ConfiguredNetwork(plugins(), builtIn, false);
        Netns netns = Netns.at(directory.resolve("ns"));
        assertThat(network.status().message()).contains("no network configuration in " + directory);
        assertThatThrownBy(() -> network.add(ATTACHMENT, netns)).hasMessageContaining("cni.default_subnet");
        network.usePodCidrs(List.of(Cidr.parse("10.1.2.0/24")));
        network.check(ATTACHMENT, netns);
        network.del(ATTACHMENT, null);
        network.collect(Set.of()::contains);
        assertThat(builtIn.calls).containsExactly("check", "del", "collect");
    }

    @Test
    void configurationComesFirstEvenIfItIsBad() throws Exception {
        RecordingNetwork builtIn = new RecordingNetwork();
        PodNetwork network = new ConfiguredNetwork(plugins(), builtIn, true);
        Files.writeString(directory.resolve("10.conflist"), "{\"cniVersion\": \"1.0.0\", \"name\": \"a/b\", \"plugins\": []}");
        assertThat(network.status().ready()).isFalse();
        assertThat(network.status().message()).contains("10.conflist: name \"a/b\" is not valid");
        assertThatThrownBy(() -> network.add(ATTACHMENT, Netns.at(directory))).isInstanceOf(NetworkException.class);
        network.del(ATTACHMENT, null);
        assertThat(builtIn.calls).containsExactly("del");
    }

    @Test
    void withoutEitherNothingIsReady() throws Exception {
        PodNetwork network = new ConfiguredNetwork(plugins(), null, false);
        assertThat(network.status().message()).contains("no network configuration in " + directory);
        assertThat(network.status().reason()).isEqualTo("NetworkPluginNotReady");
        network.usePodCidrs(List.of(Cidr.parse("10.1.2.0/24"))); // that alone makes no network
        assertThat(network.status().message()).contains("no network configuration in " + directory, "cni.default_subnet");
        assertThatThrownBy(() -> network.add(ATTACHMENT, Netns.at(directory))).hasMessageContaining("cni.default_subnet");
    }
}
