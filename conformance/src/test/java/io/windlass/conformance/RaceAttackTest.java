package io.windlass.conformance;

import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A container swaps a directory of a shared volume for links to the host, again and again, while another one that has the volume is made. After
 * CVE-2021-30465, 2025-31133, 2025-52565, 2025-52881, 2024-45310 and 2024-21626.
 */
@UnderAttack
class RaceAttackTest {
    private static final int STARTS = 30;

    /** What the second container wants in the directory that is swapped. */
    enum Victim {
        MOUNT((c, source) -> c.addMounts(Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/shared/x"))), //
        MOUNT_BELOW((c, source) -> c.addMounts(Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/shared/x/new/deep"))), //
        READ_ONLY_MOUNT((c, source) -> c.addMounts(
                Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/shared/x").setReadonly(true)
                        .setRecursiveReadOnly(true))), //
        MASKED_PATH((c, source) -> c.getLinuxBuilder().getSecurityContextBuilder().addMaskedPaths("/shared/x")
                .addMaskedPaths("/shared/x/secret")), //
        READ_ONLY_PATH((c, source) -> c.getLinuxBuilder().getSecurityContextBuilder().addReadonlyPaths("/shared/x")), //
        WORKING_DIRECTORY((c, source) -> c.setWorkingDir("/shared/x")), //
        WORKING_DIRECTORY_TO_BE_MADE((c, source) -> c.setWorkingDir("/shared/x/made")), //
        TERMINAL((c, source) -> c.setTty(true)
                .addMounts(Mount.newBuilder().setHostPath(c.getMounts(0).getHostPath()).setContainerPath("/dev/pts")));

        private final BiConsumer<ContainerConfig.Builder, Path> change;

        Victim(BiConsumer<ContainerConfig.Builder, Path> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void swappedDirectoryLeadsNowhere(Victim victim, Node node, Canary host) throws Exception {
        Path shared = node.scratch().directory("race/shared-" + node.next());
        Path source = node.scratch().directory("race/source");
        Files.writeString(source.resolve("mark"), "mounted\n");
        Consumer<ContainerConfig.Builder> volume = c -> c
                .addMounts(Mount.newBuilder().setHostPath(shared.toString()).setContainerPath("/shared"));
        String swap = """
                cd /shared && mkdir d && ln -s %s up && ln -s %s at && ln -s /proc/self/fd/7 fd && ln -s /proc/sys/kernel proc
                ln -s x/secret ptmx && ln -s x/secret 0 && echo swapping
                while :; do for n in d up d at d fd d proc; do mv -T $n x; mv -T x $n; done; done
                """
                .formatted(host.fromBelow(), host.directory());
        String look = "cat /shared/x/* %1$s .%1$s ../../../../../..%1$s; [ -c /dev/console ] || cat /dev/console; ".formatted(host.secret())
                + "touch planted /shared/x/planted; echo looked";
        try (Pod pod = Pod.run(node)) {
            PodContainer swapper = pod.start(volume.andThen(c -> c.addAllCommand(List.of("sh", "-c", swap))));
            swapper.awaitLog("swapping");
            for (int i = 0; i < STARTS; i++) {
                PodContainer made = pod.create(volume.andThen(c -> victim.change.accept(c, source))
                        .andThen(c -> c.addAllCommand(List.of("sh", "-c", "{ " + look + "; } 2>/dev/null"))));
                try {
                    made.start();
                    assertThat(made.output().replace("\r", "")).doesNotContain(Canary.SECRET).endsWith("looked\n");
                } catch (StatusRuntimeException lost) {
                    assertThat(lost.getStatus().getDescription()).isNotBlank();
                }
                made.remove();
            }
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(host.directory().toString());
        }
    }
}
