package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Pods made and removed in number leave nothing: the check after each test says so. */
@OnNode
class LoopTest {
    /** Half a minute each on an idle machine; containerd takes ten times as long for one. */
    private static final int PODS = Integer.getInteger("conformance.pods",
            NodeOptions.fromProperties().runtime().equals("containerd") ? 20 : 200);

    @Test
    void leavesNothingAfterManyPodsOneByOne(Node node) throws Exception {
        for (int i = 0; i < PODS; i++) {
            try (Pod pod = Pod.run(node)) {
                PodContainer container = pod.script("echo " + i + "; sleep 1000");
                assertThat(container.exec("true").getExitCode()).isZero();
            }
        }
    }

    @Test
    void leavesNothingAfterManyPodsSideBySide(Node node) {
        List<String> addresses = IntStream.range(0, PODS).parallel().mapToObj(i -> podAndItsAddress(node, i)).toList();
        assertThat(addresses).hasSize(PODS).doesNotContain("");
    }

    @Test
    void givesEachOfManyPodsItsOwnAddress(Node node) throws Exception {
        List<Pod> pods = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                pods.add(Pod.run(node));
            }
            assertThat(pods.stream().map(Pod::ip)).doesNotHaveDuplicates();
        } finally {
            for (Pod pod : pods) {
                pod.close();
            }
        }
    }

    private static String podAndItsAddress(Node node, int number) {
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.script("echo " + number).output()).isEqualTo(number + "\n");
            return pod.ip();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
