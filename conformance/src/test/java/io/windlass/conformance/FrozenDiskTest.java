package io.windlass.conformance;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A file system hangs that one pod writes its log and its data to, in the long form for up to a minute: everything else goes on. */
@Faulty
class FrozenDiskTest {

    @Row(25)
    void holdsOnlyWhoIsOnIt(Fault fault, FaultyNode faulty) throws Exception {
        Duration hangs = Fault.isLong() ? Fault.moment(fault.random("a file system that hangs"), Duration.ofSeconds(60)) : Duration.ZERO;
        Node node = faulty.node();
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
                do {
                    long round = System.nanoTime();
                    assertThat(writer.status().getId()).isEqualTo(writer.id());
                    try (Pod other = Pod.run(node)) {
                        assertThat(other.script("echo other").output()).isEqualTo("other\n");
                    }
                    assertThat(reader.sh("echo exec")).isEqualTo("exec\n");
                    assertThat(System.nanoTime() - round).isLessThan(TimeUnit.SECONDS.toNanos(10));
                } while (System.nanoTime() - begin < hangs.toNanos());
            } finally {
                disk.thaw();
            }
            assertThat(writer.sh("echo thawed")).isEqualTo("thawed\n");
            assertThat(List.of(held.status().getState(), free.status().getState())).doesNotContainNull();
        }
    }

    /** The logs of the others go on, and those that were held are whole afterwards. */
    @Row(25)
    void holdsOnlyTheLogsThatAreOnIt(FaultyNode faulty) throws Exception {
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
            disk.freeze();
            try {
                other.sh("sleep 1"); // until the frozen disk's logs are waited for
                int before = lines(other);
                Wait.untilTrue("the log of a pod on another disk goes on", Duration.ofSeconds(20), () -> lines(other) > before + 40);
                try (Pod late = Pod.run(node)) {
                    assertThat(late.script("echo late").output()).isEqualTo("late\n");
                }
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
    void holdsUpNoOtherPodThatSharesItsProcesses(FaultyNode faulty) throws Exception {
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
            disk.freeze();
            Future<?> stop;
            try {
                Wait.untilTrue("a process that is stuck", Duration.ofSeconds(10), () -> container.sh("ps -o stat").contains("D"));
                stop = threads.submit(held::stop);
                container.awaitExit();
                free.script("echo free").output();
                free.stop();
            } finally {
                disk.thaw();
            }
            stop.get();
        }
    }

    private static PodContainer gated(Pod pod, Path gate, String script) {
        return pod.start(c -> {
            c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
            c.addAllCommand(List.of("sh", "-c", script));
        });
    }

    private static int lines(PodContainer container) throws IOException {
        return container.log().size();
    }
}
