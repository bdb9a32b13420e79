package io.windlass.shim.process;

import io.windlass.shim.linux.Namespace;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.program.ShimFd;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Starts that a daemon was killed over: whether the command runs is decided once, by the container's process or by the next daemon. */
class CutStartTest {
    private static final int RACES = 200;
    private static final int LONGEST_MICROS = 3000;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        box.close();
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void neverRunsWhatWasCalledOff(boolean ownUsers, boolean sharedPids) throws Exception {
        try (NamespaceHolder holder = box.launcher.holdNamespaces(NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW)) {
            UserNamespace user = new UserNamespace(Namespace.USER.of(holder.pid()), 200_000, 200_000, 65536);
            holder.map(user);
            Namespaces pod = Namespaces.ofPod(Namespace.NET.of(holder.pid()), Namespace.IPC.of(holder.pid()),
                    Namespace.UTS.of(holder.pid()));
            neverRuns(ownUsers ? pod.in(user) : pod, sharedPids);
        }
    }

    private void neverRuns(Namespaces pod, boolean sharedPids) throws IOException {
        try (PodInit init = box.launcher.podInit("pod", pod, CgroupJoin.NONE)) {
            try {
                NamespaceSpec pids = sharedPids ? NamespaceSpec.join(Namespace.PID.of(init.pid())) : NamespaceSpec.NEW;
                Namespaces own = new Namespaces(pod.net(), pod.ipc(), pod.uts(), pids, pod.cgroup(), pod.user());
                ContainerSpec spec = box.spec(Box.process("touch", "/ran"), own, box.root(false));
                assertThatThrownBy(() -> startCalledOff(spec)).isInstanceOf(LaunchException.class).hasMessage("the start was called off");
                assertThat(box.upper().resolve("ran")).doesNotExist();
            } finally {
                assertThat(init.kill(Duration.ofSeconds(10))).isTrue();
            }
        }
    }

    private void startCalledOff(ContainerSpec spec) throws IOException {
        Architecture architecture = Architecture.current();
        try (ShimSpawn spawn = new ShimSpawn(architecture, () -> {
        }); Streams streams = Streams.pipes(spawn.nothing(), false, true, true)) {
            streams.giveAway(ShimFd.EXIT, ExitRecordFile.create(box.record("a")));
            assertThat(ExitRecordFile.callOff(box.record("a"))).isTrue();
            spawn.start(new ProgramCompiler(architecture, ProcFile.capabilities()).container(spec, false, false), streams.descriptors(),
                    streams.childEnds(), List.of());
        }
    }

    @Test
    void decidesOnceAtWhateverMoment() throws Exception {
        int started = 0;
        for (int i = 0; i < RACES; i++) {
            String id = "race" + i;
            ContainerSpec spec = box.spec(Box.process("touch", "/ran"));
            CompletableFuture<Boolean> calledOff = CompletableFuture.supplyAsync(() -> callOff(id));
            boolean ran = true;
            try {
                box.start(id, spec);
                box.exit();
                started++;
            } catch (LaunchException e) {
                assertThat(e).hasMessage("the start was called off");
                ran = false;
            }
            assertThat(calledOff.get()).isEqualTo(!ran);
            assertThat(Files.exists(box.upper().resolve("ran"))).isEqualTo(ran);
        }
        assertThat(started).as("starts that came first").isBetween(1, RACES - 1);
    }

    /** Some time after the start has begun. */
    private boolean callOff(String id) {
        long delay = Long.parseLong(id.substring(4)) * LONGEST_MICROS * 1000 / RACES;
        try {
            while (!Files.exists(box.record(id))) {
                Thread.onSpinWait();
            }
            for (long begin = System.nanoTime(); System.nanoTime() - begin < delay;) {
                Thread.onSpinWait();
            }
            return ExitRecordFile.callOff(box.record(id));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void mayBeBegunAnewAfterItWasCalledOff() throws Exception {
        assertThat(ExitRecordFile.callOff(box.record("a"))).as("what has not begun").isTrue();
        assertThatThrownBy(() -> startCalledOff(box.spec(Box.process("true")))).isInstanceOf(LaunchException.class);
        box.start("a", box.spec(Box.process("true")));
        assertThat(box.exit().code()).isZero();
        assertThat(ExitRecordFile.callOff(box.record("a"))).as("what has ended").isFalse();
        assertThat(ExitRecordFile.exitOf("a", box.record("a"))).hasValueSatisfying(exit -> assertThat(exit.code()).isZero());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsTheShimOfWhatRuns(boolean terminal) throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100").withTerminal(terminal)));
        box.start("b", box.spec(Box.process("sleep", "100")));
        assertThat(box.launcher.findLeftShim(box.record("a")))
                .hasValue(new LeftShim(container.shimPid(), container.shimStartTime(), container.initPid()));
    }

    @Test
    void findsTheShimOfWhatHasEnded() throws Exception {
        ShimProcess container = box.launcher.start("a", box.launcher.prepare(box.spec(Box.shell("exit 5")), false), box.record("a"));
        assertThat(requireNonNull(container.init()).awaitExit(10_000)).isTrue();
        LeftShim left = box.launcher.findLeftShim(box.record("a")).orElseThrow();
        try (ShimProcess again = box.launcher.adopt("a", left.pid(), left.startTime(), left.initPid(), false, false, box.record("a"))
                .orElseThrow()) {
            box.watcher.watch(again);
            assertThat(box.exit().code()).isEqualTo(5);
        }
        assertThat(box.launcher.findLeftShim(box.record("a"))).isEmpty();
        container.close();
    }

    /** It may have a file of its own under the record's path, and a program with a name like ours. */
    @Test
    void takesNoProcessOfAContainerForAShim() throws Exception {
        Path record = Files.createFile(box.record("a"));
        ShimProcess container = box.start("b", box.spec(Box.shell("mkdir -p /memfd:windlass-shim " + record.getParent()
                + "; busybox cp /bin/busybox /memfd:windlass-shim/busybox; exec /memfd:windlass-shim/busybox sleep 1000 5>" + record)));
        while (!Files.readString(Path.of("/proc/" + container.initPid() + "/cmdline")).startsWith("/memfd:")) {
            Thread.sleep(10);
        }
        assertThat(box.launcher.killLeftShims(record::equals)).isZero();
        assertThat(container.signal(0)).isTrue();
    }
}
