package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.container.ContainerLife.Exited;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.sandbox.SandboxStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Records as each version wrote them. A version's samples are never changed: a node may have them on its disk for years. */
class KeptRecordsTest {
    private static final Path SAMPLES = Path.of("src/test/resources/records");

    @TempDir
    private Path directory;

    private Path copy(int version, String kind) throws IOException {
        var copy = Files.createDirectories(directory.resolve(kind));
        try (var files = Files.list(SAMPLES.resolve("v" + version).resolve(kind))) {
            for (var file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void readsSandboxes(int version) throws IOException {
        var store = SandboxStore.open(copy(version, "sandboxes"));
        assertThat(store.quarantined()).isEmpty();
        assertThat(store.all()).singleElement().satisfies(sandbox -> {
            var record = sandbox.record();
            assertThat(record.state()).isEqualTo(SandboxState.READY);
            assertThat(record.config().getMetadata().getNamespace()).isEqualTo("shop");
            assertThat(record.config().getMetadata().getName()).isEqualTo("web");
            assertThat(record.ips()).containsExactly("10.1.2.3");
            assertThat(record.cgroup().made()).containsExactly("/kubepods/pod1");
            assertThat(record.networkDone()).isFalse();
            assertThat(record.createdAt()).isEqualTo(1795590000123456789L);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void readsContainers(int version) throws IOException {
        var store = ContainerStore.open(copy(version, "containers"));
        assertThat(store.quarantined()).isEmpty();
        var records = store.all().stream().map(Container::record).toList();
        assertThat(records).extracting(ContainerRecord::life).containsExactly(new Created(),
                new Running(5, new ShimRef(10, 1234567890123L, 11, "b")), new Exited(5, 6, 137, "OOMKilled", ""));
        assertThat(records).allSatisfy(record -> {
            assertThat(record.image().env()).containsExactly("A=b");
            assertThat(record.user().groups()).isEqualTo(List.of(2, 3));
            assertThat(record.resources().getCpuShares()).isEqualTo(7);
            assertThat(record.volumes()).hasSize(1);
            assertThat(record.images()).hasSize(version == 1 ? 0 : 1);
        });
    }
}
