package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.NamespaceOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A file system hangs that one pod writes its log and its data to, in the long form for a minute: everything else goes on. */
@Faulty
class FrozenDiskTest {
    private static final Duration PHASE = Duration.ofMillis(500);

    /** Does it at least once, and again until so much time has gone since the beginning. */
    private static void throughout(Duration time, Insist.Step step) throws Exception {
        Moment over = Moment.after(time);
        do {
            step.run();
        } while (!over.isHere());
    }

    private static void expectOtherPods(Node node) throws IOException {
        long begin = System.nanoTime();
        try (Pod other = Pod.run(node)) {
            assertThat(other.script("echo other").output()).isEqualTo("other\n");
        }
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Row(25)
    void holdsOnlyWhoIsOnIt(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("a file system that hangs");
        Node node = faulty.node();
        Path mountPoint = node.scratch().directory("frozen");
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-disk"), 16L << 20, mountPoint);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            PodContainer writer = held.script("while :; do echo x; sleep 0.01; done");
            writer.awaitLog("x\nx\n");
            PodContainer reader = free.script("i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done");
            Thread.sleep(Fault.moment(random, PHASE));
            disk.freeze();
            try {
                throughout(fault.hang(random), () -> {
                    assertThat(writer.status().getId()).isEqualTo(writer.id());
                    expectOtherPods(node);
                    assertThat(reader.sh("echo exec")).isEqualTo("exec\n");
                });
            } finally {
                disk.thaw();
            }
            assertThat(writer.sh("echo thawed")).isEqualTo("thawed\n");
            assertThat(List.of(held.status().getState(), free.status().getState())).doesNotContainNull();
        }
    }

    /** The logs of the others go on, and those that were held are whole afterwards. */
    @Row(25)
    void holdsOnlyTheLogsThatAreOnIt(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("a file system of logs that hangs");
        Node node = faulty.node();
        Path mountPoint = node.scratch().directory("frozen-logs");
        String counter = "i=0; while [ ! -e /gate/close ]; do i=$((i+1)); echo line $i; echo error $i >&2; sleep 0.005; done";
        Path gate = node.scratch().directory("gate-" + node.next());
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-log-disk"), 32L << 20, mountPoint);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            List<PodContainer> writers = List.of(gated(held, gate, counter), gated(held, gate, counter));
            PodContainer other = gated(free, gate, counter);
            for (PodContainer container : List.of(writers.getFirst(), writers.getLast(), other)) {
                container.awaitLog("line 10\n");
            }
            Thread.sleep(Fault.moment(random, PHASE));
            disk.freeze();
            try {
                other.sh("sleep 1"); // until the frozen disk's logs are waited for
                throughout(fault.hang(random), () -> {
                    long before = Files.size(other.logPath());
                    Wait.untilTrue("the log of a pod on another disk goes on", Duration.ofSeconds(20),
                            () -> Files.size(other.logPath()) > before + 2000);
                    expectOtherPods(node);
                });
            } finally {
                disk.thaw();
            }
            Files.createFile(gate.resolve("close"));
            for (PodContainer container : List.of(writers.getFirst(), writers.getLast(), other)) {
                assertThat(container.awaitExit().getExitCode()).isZero();
                for (String stream : List.of("stdout", "stderr")) {
                    List<LogLine> log = container.log().stream().filter(line -> line.stream().equals(stream)).toList();
                    List<String> texts = LogLine.text(log).lines().toList();
                    for (int i = 0; i < texts.size(); i++) {
                        assertThat(texts.get(i)).endsWith(" " + (i + 1));
                    }
                    assertThat(texts).hasSizeGreaterThan(20);
                }
            }
        }
    }

    /** The end of a PID namespace waits for the last process in it, and only the pod's own stop for that. */
    @Row(25)
    void holdsUpNoOtherPodThatSharesItsProcesses(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("a process that hangs at its file system");
        Node node = faulty.node();
        Path mountPoint = node.scratch().directory("frozen-data");
        var shared = NamespaceTest.namespaces(NamespaceOption.getDefaultInstance());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-data-disk"), 16L << 20, mountPoint);
                Pod held = Pod.run(node, shared);
                Pod free = Pod.run(node, shared)) {
            PodContainer container = held.start(c -> {
                c.addMountsBuilder().setHostPath(mountPoint.toString()).setContainerPath("/data");
                c.addAllCommand(List.of("sh", "-c", "(while :; do echo x > /data/x; done) >/dev/null 2>&1 & sleep 1000"));
            });
            Wait.untilTrue("the first write", Duration.ofSeconds(10), () -> Files.exists(mountPoint.resolve("x")));
            Thread.sleep(Fault.moment(random, PHASE));
            disk.freeze();
            Future<?> stop;
            try {
                Wait.untilTrue("a process that is stuck", Duration.ofSeconds(10), () -> container.sh("ps -o stat").contains("D"));
                stop = threads.submit(() -> stopOrGiveUp(held));
                container.awaitExit();
                free.script("echo free").output();
                free.stop();
                throughout(fault.hang(random), () -> expectOtherPods(node));
            } finally {
                disk.thaw();
            }
            stop.get();
        }
    }

    /** A stop closes the log and lets go of the mount that are on it: only that one may wait. */
    @Row(25)
    void holdsOnlyTheStopOfWhoIsOnIt(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("a stop that has to do with a file system that hangs");
        Node node = faulty.node();
        Path mountPoint = node.scratch().directory("frozen-volume");
        Path gate = node.scratch().directory("gate-" + node.next());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-volume-disk"), 16L << 20, mountPoint);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            PodContainer container = held.start(c -> {
                c.addMountsBuilder().setHostPath(mountPoint.toString()).setContainerPath("/data");
                c.addAllCommand(List.of("sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done"));
            });
            PodContainer other = gated(free, gate, "while [ ! -e /gate/close ]; do sleep 0.01; done; exit 3");
            container.awaitLog("line 10\n");
            Thread.sleep(Fault.moment(random, PHASE));
            disk.freeze();
            Future<?> stop;
            try {
                stop = threads.submit(() -> stopOrGiveUp(held));
                Files.createFile(gate.resolve("close"));
                assertThat(other.awaitExit().getExitCode()).isEqualTo(3);
                throughout(fault.hang(random), () -> expectOtherPods(node));
            } finally {
                disk.thaw();
            }
            stop.get();
            held.stop();
            assertThat(container.status().getExitCode()).isEqualTo(137);
            List<String> lines = LogLine.text(container.log()).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                assertThat(lines.get(i)).isEqualTo("line " + (i + 1));
            }
        }
    }

    /** What hangs for a minute may be given up, and be tried again. */
    private static void stopOrGiveUp(Pod pod) {
        try {
            pod.stop();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        }
    }

    private static PodContainer gated(Pod pod, Path gate, String script) {
        return pod.start(c -> {
            c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
            c.addAllCommand(List.of("sh", "-c", script));
        });
    }
}
