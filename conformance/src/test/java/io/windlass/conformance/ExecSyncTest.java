package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class ExecSyncTest {

    @Test
    void keepsTheStreamsApartAndTellsTheCode(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ExecSyncResponse response = pod.script("sleep 1000").exec("sh", "-c", "echo out; echo err >&2; exit 9");
            assertThat(response.getStdout().toStringUtf8()).isEqualTo("out\n");
            assertThat(response.getStderr().toStringUtf8()).isEqualTo("err\n");
            assertThat(response.getExitCode()).isEqualTo(9);
        }
    }

    @Test
    void runsWithTheContainersEnvironmentUserAndDirectory(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.addAllCommand(List.of("sleep", "1000")).setWorkingDir("/tmp");
                c.addEnvsBuilder().setKey("COLOUR").setValue(com.google.protobuf.ByteString.copyFromUtf8("blue"));
                c.getLinuxBuilder().getSecurityContextBuilder().setRunAsUsername("app");
            });
            assertThat(container.sh("echo $COLOUR; id -un; pwd; hostname"))
                    .isEqualTo("blue\napp\n/tmp\n" + pod.config().getHostname() + "\n");
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "kills the first process only and waits for those that hold its output")
    void killsTheWholeTreeWhenTheTimeIsOver(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            long before = System.nanoTime();
            Failure failure = Failure.of(node, Code.DEADLINE_EXCEEDED,
                    () -> container.exec(Duration.ofSeconds(1), List.of("sh", "-c", "sleep 4321 & sleep 4321")));
            assertThat(failure.message()).isNotBlank();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
            assertThat(container.sh("ps -o args")).doesNotContain("4321\n");
        }
    }

    @Test
    void hasAllTheTimeThereIs(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ExecSyncRequest request = ExecSyncRequest.newBuilder().setContainerId(pod.script("sleep 1000").id()).addCmd("true")
                    .setTimeout(Long.MAX_VALUE).build();
            assertThat(node.cri().runtime().execSync(request).getExitCode()).isZero();
        }
    }

    @Test
    void endsWithItsProcessThoughAChildHoldsTheOutput(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            long before = System.nanoTime();
            assertThat(container.exec("sh", "-c", "echo here; sleep 8 >/dev/null 2>&1 &").getStdout().toStringUtf8()).isEqualTo("here\n");
            assertThat(container.sh("ps -o args")).contains("sleep 8");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 keeps any amount in memory")
    void keepsAtMostSixteenMebibytesOfAStream(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ExecSyncResponse response = pod.script("sleep 1000").exec(Duration.ofSeconds(30),
                    List.of("sh", "-c", "head -c 20000000 /dev/zero"));
            assertThat(response.getStdout().size()).isBetween(1, 16 << 20);
        }
    }

    @Test
    void givesAMegabyteWhole(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ExecSyncResponse response = pod.script("sleep 1000").exec("sh", "-c",
                    "head -c 1000000 /dev/zero; head -c 500000 /dev/zero >&2");
            assertThat(response.getStdout().size()).isEqualTo(1_000_000);
            assertThat(response.getStderr().size()).isEqualTo(500_000);
        }
    }

    @Test
    void namesAProgramThatIsNotThere(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            try {
                ExecSyncResponse response = container.exec("/bin/nope");
                assertThat(response.getExitCode()).isIn(126, 127);
            } catch (io.grpc.StatusRuntimeException e) {
                assertThat(e.getMessage()).contains("/bin/nope");
            }
        }
    }

    @Test
    void isRefusedInAContainerThatExited(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("true");
            container.awaitExit();
            Failure.of(node, Code.FAILED_PRECONDITION, () -> container.exec("true"));
        }
    }

    @Test
    void isRefusedInAContainerThatIsNotThere(Node node) {
        Failure failure = Failure.of(() -> node.cri().runtime()
                .execSync(ExecSyncRequest.newBuilder().setContainerId("0".repeat(64)).addCmd("true").build()));
        assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void isRefusedWithoutACommand(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            Failure.of(node, Code.INVALID_ARGUMENT, () -> container.exec(Duration.ofSeconds(1), List.of()));
        }
    }

    @Test
    void worksAHundredTimesSideBySide(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            List<String> answers = java.util.stream.IntStream.range(0, 100).parallel().mapToObj(i -> container.sh("echo " + i).strip())
                    .sorted().toList();
            assertThat(answers).isEqualTo(java.util.stream.IntStream.range(0, 100).mapToObj(Integer::toString).sorted().toList());
        }
    }
}
