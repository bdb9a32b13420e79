package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Pulse;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.NamespaceMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The clock of a machine of its own is set forward and back by hours while something waits: it waits as long as it was told, and no longer.
 * A program and no test, since it sets the clock: it runs in a guest only.
 */
final class ClockJumps {
    /** A guest has one processor, and a tenth of its speed; what waits for the clock waits for a minute at least, as far as it jumps. */
    private static final Duration SLOW = Duration.ofSeconds(20);
    private static final String[] STREAMS = {"error", "stdin", "stdout", "stderr"};

    private final Node node;
    private final Random random;

    private ClockJumps(Node node, Random random) {
        this.node = node;
        this.random = random;
    }

    public static void main(String[] arguments) throws Exception {
        if (!Files.readString(Path.of("/proc/cpuinfo")).contains("User Mode Linux")) {
            throw new IllegalStateException("this machine's clock is not ours to set");
        }
        try (Node node = Node.open(NodeOptions.fromProperties())) {
            pod(node).close();
            KernelState before = node.state();
            for (Fault fault : Fault.rounds().toList()) {
                try (Pulse _ = Pulse.of(node, SLOW)) {
                    new ClockJumps(node, fault.random("clock jumps")).run();
                }
            }
            assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
        }
    }

    /** Without a network of its own: a guest's kernel has no bridge. */
    static Pod pod(Node node) throws IOException {
        return Pod.run(node, config -> config.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder()
                .setNetwork(NamespaceMode.NODE));
    }

    /** Sets the clock by up to a day, forward or back. */
    private void jump() throws IOException {
        long seconds = (random.nextBoolean() ? 1 : -1) * (60 + random.nextInt(86_400));
        Command.output("date", "-s", "@" + (System.currentTimeMillis() / 1000 + seconds));
        System.out.println("the clock jumps by " + seconds + " s");
    }

    private interface Work {
        void run() throws Exception;
    }

    /** How long work takes during which the clock jumps forward and back. */
    private Duration during(Work work) throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            long begin = System.nanoTime();
            Future<?> running = threads.submit(() -> {
                work.run();
                return true;
            });
            Thread.sleep(300);
            jump();
            Thread.sleep(300);
            jump();
            running.get();
            return Duration.ofNanos(System.nanoTime() - begin);
        }
    }

    private void run() throws Exception {
        try (Pod pod = pod(node)) {
            PodContainer counter = pod.start(c -> c.setStdin(true).addAllCommand(List.of("sh", "-c",
                    "( i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done ) & while read x; do echo got $x; done")));
            String token = StreamUrls.exec(node, counter, "echo streamed");
            StreamClient idle = StreamClient.command(Transport.WEB_SOCKET, StreamUrls.attach(node, counter, false), STREAMS);
            commands(counter);
            graces(pod);
            ends(pod);
            try (StreamClient late = StreamClient.command(Transport.WEB_SOCKET, token, STREAMS)) {
                late.readUntil("stdout", "streamed");
            }
            idle.send("stdin", "idle\n");
            idle.readUntil("stdout", "got idle");
            idle.close();
            restart(counter);
            String log = LogLine.text(counter.log());
            assertThat(log).contains("got idle");
            List<String> counts = log.lines().filter(line -> !line.startsWith("got")).toList();
            for (int i = 0; i < counts.size(); i++) {
                assertThat(counts.get(i)).isEqualTo(Integer.toString(i));
            }
        }
    }

    private void commands(PodContainer container) throws Exception {
        assertThat(during(
                () -> Failure.of(node, Code.DEADLINE_EXCEEDED, () -> container.exec(Duration.ofSeconds(2), List.of("sleep", "1000")))))
                .isBetween(Duration.ofSeconds(2), SLOW);
        assertThat(during(() -> assertThat(container.sh("sleep 2; echo ended")).isEqualTo("ended\n"))).isBetween(Duration.ofSeconds(2),
                SLOW);
    }

    private void graces(Pod pod) throws Exception {
        PodContainer stubborn = pod.script("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        PodContainer slow = pod.script("trap 'sleep 1; exit 7' TERM; echo ready; while :; do sleep 0.1; done");
        stubborn.awaitLog("ready");
        slow.awaitLog("ready");
        assertThat(during(() -> stubborn.stop(Duration.ofSeconds(2)))).isBetween(Duration.ofSeconds(2), SLOW);
        assertThat(stubborn.status().getExitCode()).isEqualTo(137);
        during(() -> slow.stop(SLOW));
        assertThat(slow.status().getExitCode()).isEqualTo(7);
    }

    private void ends(Pod pod) throws Exception {
        PodContainer container = pod.script("sleep 1; exit 3");
        during(container::awaitExit);
        ContainerStatus status = container.status();
        assertThat(status.getExitCode()).isEqualTo(3);
        assertThat(status.getFinishedAt()).isGreaterThanOrEqualTo(status.getStartedAt());
    }

    private void restart(PodContainer container) throws Exception {
        node.killDaemon();
        jump();
        node.startDaemon(Duration.ofMinutes(1));
        assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(container.sh("echo well")).isEqualTo("well\n");
    }
}
