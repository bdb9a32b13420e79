package io.windlass.conformance;

import io.windlass.conformance.fixture.EventStream;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.PodSandboxState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while containers run, on a node of its own. */
@ExtendWith(DiffersOnCondition.class)
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
class RestartTest extends OwnNode {
    @Test
    void leavesAContainerRunningListedLoggedAndWithItsExitCode() throws Exception {
        KernelState before = node.state();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate");
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; echo after; exit 42"));
            });
            container.awaitLog("before");
            node.killDaemon();
            node.startDaemon();
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
            Files.createFile(gate.resolve("open"));
            ContainerStatus status = container.awaitExit();
            assertThat(status.getExitCode()).isEqualTo(42);
            assertThat(LogLine.text(container.log())).isEqualTo("before\nafter\n");
        }
        assertThat(leaks(before)).isEmpty();
    }

    /** Of a file system that hangs nobody is waited for but the log that is on it. */
    @Test
    @DiffersOn(value = "containerd", why = "1.6 is not ready before every log is open")
    void goesOnWhileALogIsOnAFrozenDisk() throws Exception {
        KernelState before = node.state();
        Path mountPoint = node.scratch().directory("frozen");
        Path gate = node.scratch().directory("frozen-gate");
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("frozen-disk"), 16L << 20, mountPoint);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            String counter = "echo before; while [ ! -e /gate/go ]; do sleep 0.01; done; "
                    + "i=0; while [ ! -e /gate/close ]; do i=$((i+1)); echo line $i; sleep 0.01; done";
            List<PodContainer> containers = new ArrayList<>();
            for (Pod pod : List.of(held, free)) {
                containers.add(pod.start(c -> {
                    c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                    c.addAllCommand(List.of("sh", "-c", counter));
                }));
            }
            for (PodContainer container : containers) {
                container.awaitLog("before\n");
            }
            node.killDaemon();
            Files.move(containers.getFirst().logPath(), mountPoint.resolve("rotated")); // for a new one the disk is written to
            disk.freeze();
            try {
                Files.createFile(gate.resolve("go"));
                node.startDaemon();
                containers.getLast().awaitLog("line 10\n");
                assertThat(containers.getFirst().sh("echo alive")).isEqualTo("alive\n");
            } finally {
                disk.thaw();
            }
            Files.createFile(gate.resolve("close"));
            for (PodContainer container : containers) {
                assertThat(container.awaitExit().getExitCode()).isZero();
                List<String> lines = LogLine.text(container.log()).replace("before\n", "").lines().toList();
                assertThat(lines).hasSizeGreaterThanOrEqualTo(10);
                for (int n = 0; n < lines.size(); n++) {
                    assertThat(lines.get(n)).isEqualTo("line " + (n + 1));
                }
            }
        }
        assertThat(leaks(before)).isEmpty();
    }

    @Test
    void keepsTheCodeOfAnExitWhileItWasAway() throws Exception {
        KernelState before = node.state();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("away");
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(
                        List.of("sh", "-c", "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; touch /gate/done; exit 42"));
            });
            container.awaitLog("before");
            node.killDaemon();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("the last act of the container", Duration.ofSeconds(10), () -> Files.exists(gate.resolve("done")));
            node.startDaemon();
            ContainerStatus status = container.awaitExit();
            assertThat(status.getExitCode()).isEqualTo(42);
            assertThat(status.getReason()).isEqualTo("Error");
            assertThat(status.getFinishedAt()).isGreaterThanOrEqualTo(status.getStartedAt());
        }
        assertThat(leaks(before)).isEmpty();
    }

    /** A pipe takes 1 MiB: nobody who writes less has to wait for the next daemon. */
    @ParameterizedTest
    @ValueSource(strings = {"sleep 1000", "exit 42"})
    @DiffersOn(value = "containerd", why = "1.6 has a pipe of 64 KiB, and who writes more waits for the next daemon")
    void keepsTheOutputOfWhileItWasAway(String end) throws Exception {
        int lines = 8000; // of 128 bytes with their newline
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("output-" + end.charAt(0));
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c",
                        "x=" + "x".repeat(120) + "; echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; "
                                + "i=0; while [ $i -lt " + lines + " ]; do printf '%06d %s\\n' $i $x; i=$((i+1)); done; touch /gate/done; "
                                + end));
            });
            container.awaitLog("before");
            node.killDaemon();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("the last act of the container", Duration.ofSeconds(20), () -> Files.exists(gate.resolve("done")));
            node.startDaemon();
            container.awaitLog(String.format("%06d ", lines - 1));
            if (end.startsWith("exit")) {
                assertThat(container.awaitExit().getExitCode()).isEqualTo(42);
            }
            List<String> text = LogLine.text(container.log()).lines().toList();
            assertThat(text).hasSize(lines + 1);
            for (int i = 0; i < lines; i++) {
                assertThat(text.get(i + 1)).startsWith(String.format("%06d x", i));
            }
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 hears of it only while it runs")
    void knowsThatMemoryRanOutWhileItWasAway() throws Exception {
        long limit = 32 << 20;
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("memory");
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(limit).setMemorySwapLimitInBytes(limit);
                c.addAllCommand(List.of("sh", "-c",
                        "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done"));
            });
            container.awaitLog("before");
            node.killDaemon();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("the end of the container", Duration.ofSeconds(20),
                    () -> Processes.of(node).stream().noneMatch(process -> process.command().contains("/gate/open")));
            node.startDaemon();
            ContainerStatus status = container.awaitExit();
            assertThat(status.getReason()).isEqualTo("OOMKilled");
            assertThat(status.getExitCode()).isEqualTo(137);
        }
    }

    /** What a container was made of may be gone from the host by then, and is not made again by who only looks. */
    @Test
    void runsCommandsWhereTheSourceOfAMountHasGone() throws Exception {
        Path volume = node.scratch().directory("volume-that-goes");
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(volume.toString()).setContainerPath("/volume");
                c.addAllCommand(List.of("sleep", "1000"));
            });
            node.killDaemon();
            Files.delete(volume);
            node.startDaemon();
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
            container.stop(Duration.ZERO);
            assertThat(InspectTest.container(node, container).path("snapshotKey").asString()).isEqualTo(container.id());
            assertThat(volume).doesNotExist();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 forgets the container")
    void takesUpAContainerWhoseLogCannotBeHadUntilItCan() throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("i=0; while :; do i=$((i+1)); echo line $i; sleep 0.05; done");
            container.awaitLog("line 1\n");
            node.killDaemon();
            Path logs = Path.of(pod.config().getLogDirectory(), container.config().getMetadata().getName());
            Files.move(logs, logs.resolveSibling("moved"));
            Files.createFile(logs);
            node.startDaemon();
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
            Files.delete(logs);
            Files.move(logs.resolveSibling("moved"), logs);
            int before = container.log().size();
            Wait.untilTrue("the log goes on", Duration.ofSeconds(10), () -> container.log().size() > before);
            container.stop(Duration.ZERO);
            assertThat(container.status().getExitCode()).isEqualTo(137);
        }
    }

    @Test
    void keepsImagesAndPodsWhenItIsStoppedInPeace() throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            node.cri().close();
            node.runtime().close();
            node.startDaemon();
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(ImageTest.status(node, node.busybox()).hasImage()).isTrue();
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /** Without the descriptors of the daemon, which is another one now. */
    private List<String> leaks(KernelState before) throws Exception {
        return node.leaksSince(before, KernelState.OF_THE_DAEMON);
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has no events")
    void tellsTheNextListenerWhatEndedWhileNobodyListened() throws Exception {
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-of-events");
            PodContainer away = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "while [ ! -e /gate/open ]; do sleep 0.02; done; echo > /gate/ended; exit 7"));
            });
            PodContainer unheard = pod.script("exit 8");
            PodContainer removed = pod.script("exit 9");
            unheard.awaitExit();
            removed.awaitExit();
            removed.remove();
            node.killDaemon();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("its end", Duration.ofSeconds(10), () -> Files.exists(gate.resolve("ended")));
            node.startDaemon();
            try (EventStream events = EventStream.open(node, true)) {
                ContainerStatus status = events.await(away.id(), ContainerEventType.CONTAINER_STOPPED_EVENT).getContainersStatusesList()
                        .stream().filter(one -> one.getId().equals(away.id())).findFirst().orElseThrow();
                assertThat(status.getExitCode()).isEqualTo(7);
                assertThat(events.of(removed.id())).isEmpty();
            }
            PodContainer later = pod.script("exit 8");
            later.awaitExit();
            try (EventStream events = EventStream.open(node, true)) {
                events.await(later.id(), ContainerEventType.CONTAINER_STOPPED_EVENT);
                assertThat(events.of(away.id())).isEmpty();
            }
        }
    }
}
