package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.CgroupParent;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ExecSyncResponse;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** No more processes or threads may be made: what needs one is refused and leaves nothing behind, and works when they may be made again. */
@Faulty
class FewProcessesTest {
    private static final int CALLS = 16;
    private static final int MOST_SPARE = 14;
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    /** The limit of a cgroup's processes; closing it takes the limit away. */
    private record Limit(Path directory) implements AutoCloseable {
        static Limit of(CgroupParent cgroup) {
            return new Limit(cgroup.directories().stream().filter(directory -> Files.exists(directory.resolve("pids.max"))).findFirst()
                    .orElseThrow());
        }

        /** Lets so many more be made than there are now. */
        void spare(int spare) throws IOException {
            long now = Long.parseLong(Files.readString(directory.resolve("pids.current")).strip());
            Files.writeString(directory.resolve("pids.max"), Long.toString(now + spare));
        }

        @Override
        public void close() throws IOException {
            Files.writeString(directory.resolve("pids.max"), "max");
        }
    }

    /** The daemon in a cgroup of its own, and nothing else of the machine. */
    private record Alone(long daemon, CgroupParent cgroup, Path before) implements AutoCloseable {
        static Alone move(Node node) throws IOException {
            long daemon = node.runtime().pid().orElseThrow();
            CgroupParent cgroup = CgroupParent.make(node.cgroup().name() + "-daemon");
            Path own = Limit.of(cgroup).directory();
            String name = Files.readAllLines(Path.of("/proc/" + daemon + "/cgroup")).stream().map(line -> line.split(":", 3))
                    .filter(fields -> fields[1].equals("pids") || fields[0].equals("0")).map(fields -> fields[2]).findFirst().orElseThrow();
            Files.writeString(own.resolve("cgroup.procs"), Long.toString(daemon));
            return new Alone(daemon, cgroup, Path.of(own.toString().replace(cgroup.name(), "") + name));
        }

        @Override
        public void close() throws IOException {
            Files.writeString(before.resolve("cgroup.procs"), Long.toString(daemon));
            cgroup.close();
        }
    }

    private interface Call {
        void make() throws Exception;
    }

    /** Makes a call that may be refused, but for want of processes only. */
    private static void orRefused(int spare, Call call) throws Exception {
        try {
            call.make();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as("with " + spare + " more: " + e.getMessage()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(e.getStatus().getDescription()).containsAnyOf("limit of processes", "thread");
        }
    }

    /** How many more may be made: none, then any numbers. */
    private static int[] spares(Random random, int count) {
        return IntStream.concat(IntStream.of(0), random.ints(count - 1L, 1, MOST_SPARE)).toArray();
    }

    private static void commandAndStart(int spare, Pod pod, PodContainer container) throws Exception {
        orRefused(spare, () -> container.sh("true"));
        PodContainer other = pod.create(c -> c.addCommand("true"));
        orRefused(spare, other::start);
        other.remove();
    }

    @Row(27)
    void inAPodRefuseCommandsAndStarts(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("few processes in a pod");
        try (Pod pod = Pod.run(faulty.node())) {
            PodContainer container = pod.script("sleep 1000");
            try (Limit limit = Limit.of(pod.cgroup())) {
                for (int spare : random.ints(6, 0, 5).toArray()) {
                    limit.spare(spare);
                    commandAndStart(spare, pod, container);
                }
            }
            assertThat(container.sh("echo well")).isEqualTo("well\n");
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    @Row(27)
    void inTheDaemonRefuseWhatNeedsOne(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("few processes in the daemon");
        Node node = faulty.node();
        try (Alone alone = Alone.move(node); Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            String name = "refused-" + node.next();
            node.registry().push(name, "1", ImageTest.marked(name));
            String image = node.registry().reference(name + ":1");
            try (Limit limit = Limit.of(alone.cgroup())) {
                for (int spare : spares(random, 7)) {
                    limit.spare(spare);
                    commandAndStart(spare, pod, container);
                    orRefused(spare, () -> Pod.run(node).close());
                    orRefused(spare, () -> Pulled.pull(node, image).close());
                }
            }
            assertThat(container.sh("echo well")).isEqualTo("well\n");
            Pulled.pull(node, image).close();
            try (Pod next = Pod.run(node)) {
                assertThat(next.script("echo next").output()).isEqualTo("next\n");
            }
        }
    }

    /** All threads that the daemon has are busy when it may make no more: calls are refused, those under way are not harmed, and no exit is lost. */
    @Row(27)
    void inABusyDaemonLoseNoExitAndNoAnswer(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("no more processes in a busy daemon");
        int calls = CALLS / 2 + random.nextInt(CALLS / 2 + 1);
        int code = 1 + random.nextInt(255);
        Node node = faulty.node();
        Path gate = node.scratch().directory("gate-" + node.next());
        Command.output("mkfifo", gate.resolve("fifo").toString());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Alone alone = Alone.move(node);
                Pod pod = Pod.run(node, config -> config.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder()
                        .setPid(NamespaceMode.POD))) {
            PodContainer busy = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sleep", "1000"));
            });
            PodContainer ending = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(
                        List.of("sh", "-c", "sleep 1000 & while [ ! -e /gate/open ]; do sleep 0.02; done; touch /gate/ended; exit "
                                + code));
            });
            List<Future<ExecSyncResponse>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                answers.add(threads.submit(() -> busy.exec(AT_MOST, List.of("cat", "/gate/fifo"))));
            }
            Wait.untilTrue("all commands at the gate", AT_MOST, () -> FaultyNode.processesOf(node, "/gate/fifo").size() == calls);
            try (Limit limit = Limit.of(alone.cgroup())) {
                int spare = random.nextInt(3);
                limit.spare(spare);
                List<Future<Boolean>> more = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                    more.add(threads.submit(() -> {
                        orRefused(spare, () -> node.cri().runtime().status(StatusRequest.getDefaultInstance()));
                        orRefused(spare, () -> busy.sh("true"));
                        return true;
                    }));
                }
                for (Future<Boolean> one : more) {
                    assertThat(one.get()).isTrue();
                }
                Files.createFile(gate.resolve("open"));
                Wait.untilTrue("its last act", AT_MOST, () -> Files.exists(gate.resolve("ended")));
            }
            assertThat(ending.awaitExit().getExitCode()).isEqualTo(code);
            Files.writeString(gate.resolve("fifo"), "go");
            for (Future<ExecSyncResponse> answer : answers) {
                assertThat(answer.get().getExitCode()).isZero();
            }
            busy.stop(Duration.ZERO);
        }
    }

    /** An idle daemon has no thread at hand for an exit, and may make none. */
    @Row(27)
    void inAnIdleDaemonLoseNoExit(Fault fault, FaultyNode faulty) throws Exception {
        int code = 1 + fault.random("no more processes in an idle daemon").nextInt(255);
        Node node = faulty.node();
        Path gate = node.scratch().directory("gate-" + node.next());
        try (Pod pod = Pod.run(node)) {
            PodContainer ending = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "while [ ! -e /gate/open ]; do sleep 0.02; done; touch /gate/ended; exit " + code));
            });
            faulty.kill();
            faulty.start();
            try (Alone alone = Alone.move(node)) {
                Wait.untilTrue("no thread for virtual ones", Duration.ofMinutes(1), () -> carriers(alone.daemon()) == 0);
                try (Limit limit = Limit.of(alone.cgroup())) {
                    limit.spare(0);
                    Files.createFile(gate.resolve("open"));
                    Wait.untilTrue("its last act", AT_MOST, () -> Files.exists(gate.resolve("ended")));
                    Wait.untilTrue("its end", AT_MOST, () -> FaultyNode.processesOf(node, "/gate/open").isEmpty());
                    orRefused(0, () -> ending.stop(Duration.ZERO));
                    orRefused(0, () -> Pod.run(node).close());
                }
                assertThat(ending.awaitExit().getExitCode()).isEqualTo(code);
            }
        }
    }

    /** The thread that writes logs hangs at a disk, and no other can be made: the other logs wait, and go on when one can be. */
    @Row(27)
    void whileADiskHangsLoseNoLine(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("no more processes while a disk hangs");
        Node node = faulty.node();
        Path gate = node.scratch().directory("gate-" + node.next());
        Path mountPoint = node.scratch().directory("hanging");
        Consumer<ContainerConfig.Builder> counting = c -> {
            c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
            c.addAllCommand(List.of("sh", "-c", "i=0; while [ ! -e /gate/close ]; do i=$((i+1)); echo $i; sleep 0.005; done"));
        };
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("hanging-disk"), 32L << 20, mountPoint);
                Alone alone = Alone.move(node);
                Pod held = Pod.run(node, config -> config.setLogDirectory(mountPoint.toString()));
                Pod free = Pod.run(node)) {
            List<PodContainer> containers = List.of(held.start(counting), free.start(counting));
            for (PodContainer container : containers) {
                container.awaitLog(10 + random.nextInt(100) + "\n");
            }
            PodContainer other = containers.getLast();
            try (Limit limit = Limit.of(alone.cgroup())) {
                limit.spare(0);
                disk.freeze();
                Wait.untilTrue("the thread hangs", AT_MOST,
                        () -> threads(alone.daemon(), "stat").stream().anyMatch(s -> s.contains("(container-logs) D")));
                Moment noticed = Moment.after(Duration.ofSeconds(1));
                Wait.untilTrue("it was noticed", AT_MOST, noticed::isHere);
                int before = other.log().size();
                limit.close();
                Wait.untilTrue("the other log goes on", AT_MOST, () -> other.log().size() > before + 40);
            } finally {
                disk.thaw();
            }
            Files.createFile(gate.resolve("close"));
            for (PodContainer container : containers) {
                String[] lines = container.output().split("\n");
                assertThat(lines).hasSizeGreaterThan(50)
                        .isEqualTo(IntStream.rangeClosed(1, lines.length).mapToObj(Integer::toString).toArray());
            }
        }
    }

    private static long carriers(long daemon) {
        return threads(daemon, "comm").stream().filter(name -> name.startsWith("ForkJoinPool")).count();
    }

    /** What the kernel says in a file about each thread. */
    private static List<String> threads(long process, String file) {
        List<String> out = new ArrayList<>();
        for (String thread : Objects.requireNonNull(Path.of("/proc/" + process + "/task").toFile().list())) {
            try {
                out.add(Files.readString(Path.of("/proc/" + process + "/task", thread, file)));
            } catch (IOException e) {
                continue; // it has ended
            }
        }
        return out;
    }
}
