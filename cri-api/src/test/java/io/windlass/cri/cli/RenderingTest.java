package io.windlass.cri.cli;

import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ListContainersResponse;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.Protocol;
import io.windlass.cri.v1.StatusResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RenderingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    @Test
    void containersAreATable() {
        ListContainersResponse list = ListContainersResponse.newBuilder()
                .addContainers(Container.newBuilder().setId("a".repeat(64)).setPodSandboxId("p1").setState(ContainerState.CONTAINER_RUNNING)
                        .setMetadata(ContainerMetadata.newBuilder().setName("web"))
                        .setCreatedAt((NOW.getEpochSecond() - 90) * 1_000_000_000L)
                        .setImage(ImageSpec.newBuilder().setImage("sha256:" + "b".repeat(64)).setUserSpecifiedImage("nginx")))
                .build();
        assertThat(Ps.table(list, Map.of("p1", "front"), NOW)).isEqualTo("""
                CONTAINER       NAME   STATE     CREATED   IMAGE   POD
                aaaaaaaaaaaaa   web    running   1m ago    nginx   front
                """);
    }

    @Test
    void anImageWithTwoNamesHasTwoRowsAndOneWithoutHasOne() {
        Image named = Image.newBuilder().setId("sha256:" + "1".repeat(64)).addRepoTags("r/a:1").addRepoTags("r:5000/a:2").setSize(1536)
                .build();
        Image bare = Image.newBuilder().setId("sha256:" + "2".repeat(64)).addRepoDigests("r/b@sha256:33").setSize(5).build();
        assertThat(ImagesVerb.table(List.of(named, bare), false)).isEqualTo("""
                IMAGE      TAG      IMAGE ID        SIZE
                r/a        1        1111111111111   1.50 KiB
                r:5000/a   2        1111111111111   1.50 KiB
                r/b        <none>   2222222222222   5 B
                """);
    }

    @Test
    void jsonHasDefaultsAndTheDocumentsOfInfo() {
        String json = ProtoJson
                .render(StatusResponse.newBuilder().putInfo("config", "{\"sandboxImage\":\"pause\"}").putInfo("b", "plain").build());
        assertThat(json).contains("\"sandboxImage\" : \"pause\"", "\"b\" : \"plain\"", "\"runtimeHandlers\" : [ ]");
    }

    @ParameterizedTest
    @CsvSource({"512,512", "4k,4096", "512m,536870912", "512Mi,536870912", "2G,2147483648", "1gb,1073741824"})
    void memoryIsReadWithUnits(String text, long bytes) {
        assertThat(RunRequest.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "12q", "-1", "1.5g"})
    void memoryThatIsNoneIsRefused(String text) {
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> RunRequest.bytes(text));
    }

    @Test
    void portsAndVolumesAreRead() {
        assertThat(RunRequest.port("127.0.0.1:8080:80/udp")).isEqualTo(PortMapping.newBuilder().setHostIp("127.0.0.1").setHostPort(8080)
                .setContainerPort(80).setProtocol(Protocol.UDP).build());
        assertThat(RunRequest.mount("/a:/b:ro"))
                .isEqualTo(Mount.newBuilder().setHostPath("/a").setContainerPath("/b").setReadonly(true).build());
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> RunRequest.port("80"));
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> RunRequest.mount("a:/b"));
    }

    @ParameterizedTest
    @CsvSource({"docker.io/library/busybox:1.36,busybox", "127.0.0.1:5000/A_b@sha256:1,-b", "x/..,run"})
    void containersAreNamedAfterTheirImage(String image, String name) {
        assertThat(Run.shortName(image)).isEqualTo(name.replaceAll("^-", ""));
    }

    @Test
    void logLinesAreTakenApart() {
        LogLine line = LogLine.parse("2026-01-01T00:00:00.1Z stderr P a b ".getBytes(StandardCharsets.UTF_8));
        assertThat(line.time()).isEqualTo("2026-01-01T00:00:00.1Z");
        assertThat(line.stderr()).isTrue();
        assertThat(line.ends()).isFalse();
        assertThat(new String(line.text(), StandardCharsets.UTF_8)).isEqualTo("a b ");
        assertThat(LogLine.parse("no log line".getBytes(StandardCharsets.UTF_8)).ends()).isTrue();
        assertThat(LogLine.parse(new byte[0]).text()).isEmpty();
    }
}
