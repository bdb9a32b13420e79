package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.StatusRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A file system hangs that one pod writes its log and its data to: everything else goes on. */
@OnNode
class FrozenDiskTest {

    @Test
    void holdsOnlyWhoIsOnIt(Node node) throws Exception {
        Path mountPoint = node.scratch().directory("frozen");
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-disk"), 16L << 20, mountPoint);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            PodContainer writer = held.script("while :; do echo x; sleep 0.01; done");
            writer.awaitLog("x\nx\n");
            PodContainer reader = free.script("i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done");
            disk.freeze();
            try {
                long begin = System.nanoTime();
                for (int i = 0; i < 20; i++) {
                    node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance());
                    node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).listContainers(ListContainersRequest.getDefaultInstance());
                    node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
                    assertThat(writer.status().getId()).isEqualTo(writer.id());
                }
                try (Pod other = Pod.run(node)) {
                    assertThat(other.script("echo other").output()).isEqualTo("other\n");
                }
                assertThat(reader.sh("echo exec")).isEqualTo("exec\n");
                assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
            } finally {
                disk.thaw();
            }
            assertThat(writer.sh("echo thawed")).isEqualTo("thawed\n");
            assertThat(List.of(held.status().getState(), free.status().getState())).doesNotContainNull();
        }
    }
}
