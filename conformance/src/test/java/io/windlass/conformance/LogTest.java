package io.windlass.conformance;

import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ReopenContainerLogRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class LogTest {

    @Test
    void hasTimeStreamTagAndText(Node node) throws Exception {
        OffsetDateTime before = OffsetDateTime.now().minusSeconds(1);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("echo one; echo two >&2; echo; echo 'three  spaces '");
            container.awaitExit();
            List<LogLine> lines = container.log();
            assertThat(lines).filteredOn(line -> line.stream().equals("stdout")).extracting(LogLine::text).containsExactly("one", "",
                    "three  spaces ");
            assertThat(lines).filteredOn(line -> line.stream().equals("stderr")).extracting(LogLine::text).containsExactly("two");
            assertThat(lines).noneMatch(LogLine::partial).allMatch(line -> line.time().isAfter(before));
            assertThat(Files.readString(container.logPath()).lines())
                    .allMatch(line -> line
                            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(Z|[+-]\\d\\d:\\d\\d) (stdout|stderr) F .*"));
        }
    }

    @Test
    void marksALineThatWasNotFinished(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("printf 'no newline'");
            container.awaitExit();
            assertThat(LogLine.text(container.log())).startsWith("no newline");
        }
    }

    @Test
    void splitsALongLineIntoPartsThatMakeItUp(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("head -c 100000 /dev/zero | tr '\\0' x; echo; echo end");
            container.awaitExit();
            List<LogLine> lines = container.log();
            assertThat(LogLine.text(lines)).isEqualTo("x".repeat(100_000) + "\nend\n");
            assertThat(lines.getFirst().partial()).isTrue();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 stops reading at the exit: \"Failed to pipe stdout: file already closed\", and the end is lost")
    void isCompleteWhenTheExitIsKnown(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("seq 1 100000");
            container.awaitExit();
            StringBuilder expected = new StringBuilder();
            IntStream.rangeClosed(1, 100_000).forEach(i -> expected.append(i).append('\n'));
            // compared so that a difference is not printed whole; a line may be in parts
            assertThat(LogLine.text(container.log()).contentEquals(expected)).isTrue();
        }
    }

    @Test
    void isReopenedWithoutALostLine(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("i=0; while [ ! -e /enough ]; do echo $i; i=$((i+1)); done; echo done; sleep 1000");
            container.awaitLog("\n10\n");
            Path rotated = container.logPath().resolveSibling("0.log.1");
            Files.move(container.logPath(), rotated);
            node.cri().runtime().reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(container.id()).build());
            container.sh("touch /enough");
            container.awaitLog("done");
            String both = LogLine.text(LogLine.parse(Files.readString(rotated) + Files.readString(container.logPath())));
            long counted = both.lines().count() - 1;
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < counted; i++) {
                expected.append(i).append('\n');
            }
            assertThat(both).isEqualTo(expected + "done\n");
        }
    }

    @Test
    void cannotBeReopenedAfterTheExit(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("true");
            container.awaitExit();
            Failure.of(() -> node.cri().runtime()
                    .reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(container.id()).build()));
        }
    }

    @Test
    void ofATerminalIsOneStream(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setTty(true).addAllCommand(List.of("sh", "-c", "tty; echo err >&2")));
            container.awaitExit();
            assertThat(container.log()).allMatch(line -> line.stream().equals("stdout"));
            assertThat(LogLine.text(container.log())).contains("/dev/pts/0", "err");
        }
    }

    @Test
    void isNotWrittenWithoutAPath(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.clearLogPath().addAllCommand(List.of("sh", "-c", "seq 1 100000")));
            assertThat(container.awaitExit().getExitCode()).isZero();
        }
    }
}
