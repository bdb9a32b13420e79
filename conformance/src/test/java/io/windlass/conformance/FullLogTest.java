package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The file system of the logs is full: the container goes on, and the log says how much it has not got. */
@Faulty
class FullLogTest {
    private static final int LINES = 20_000;

    @Row(21)
    void losesLinesAndTellsHowManyButNeverHoldsTheContainer(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("no space for a log");
        int written = LINES + random.nextInt(LINES);
        int kib = 128 + random.nextInt(256);
        Node node = faulty.node();
        Path gate = node.scratch().directory("gate-" + node.next());
        Path logs = node.scratch().directory("full-logs");
        Command.output("mount", "-t", "tmpfs", "-o", "size=" + kib + "k", "tmpfs", logs.toString());
        try (Pod pod = Pod.run(node, config -> config.setLogDirectory(logs.toString()))) {
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(
                        List.of("sh", "-c", "i=0; while [ $i -lt " + written + " ]; do echo $i; i=$((i+1)); done; touch /gate/done; "
                                + "while [ ! -e /gate/open ]; do sleep 0.02; done; echo after"));
            });
            Wait.untilTrue("the container's own end of writing", Duration.ofSeconds(30), () -> Files.exists(gate.resolve("done")));
            assertThat(container.sh("echo well")).isEqualTo("well\n");
            Command.output("mount", "-o", "remount,size=4m", logs.toString());
            Files.createFile(gate.resolve("open"));
            assertThat(container.awaitExit().getExitCode()).isZero();
            List<LogLine> lines = container.log();
            long there = lines.stream().filter(line -> line.stream().equals("stdout")).count();
            assertThat(there).isLessThan(written).isGreaterThan(1000);
            List<String> told = lines.stream().filter(line -> line.stream().equals("stderr")).map(LogLine::text).toList();
            assertThat(told).isNotEmpty().allMatch(text -> text.matches("windlass lost \\d+ records of this log: (?i).*no space left.*"));
            long lost = told.stream().mapToLong(text -> Long.parseLong(text.split(" ")[2])).sum();
            assertThat(lost + there).isEqualTo(written + 1L);
            assertThat(lines.getLast().text()).isEqualTo("after");
            assertThat(node.runtime().log()).contains("log-records-lost");
        } finally {
            Command.output("umount", "-l", logs.toString());
        }
    }
}
