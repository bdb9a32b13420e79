package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerLifeTest {
    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        box.close();
    }

    @Test
    void isFoundAgainByAnotherLauncher() throws Exception {
        ShimProcess first = box.start("a", box.spec(Box.shell("cat; exit 5")), true);
        try (Launcher later = new Launcher();
                ShimProcess again = later.adopt("a", first.shimPid(), first.shimStartTime(), first.initPid(), false, true, box.record("a"))
                        .orElseThrow()) {
            Stdio.Pipes pipes = (Stdio.Pipes) again.stdio();
            Fd stdin = requireNonNull(pipes.stdin());
            stdin.writeFully("over here\n".getBytes(StandardCharsets.UTF_8));
            byte[] line = new byte[100];
            assertThat(pipes.stdout().read(line, line.length)).isEqualTo(10);
            assertThat(again.signal(Processes.SIGKILL)).isTrue();
        }
        assertThat(box.exit().code()).isEqualTo(137);
        assertThat(ExitRecordFile.exitOf("a", box.record("a"))).hasValueSatisfying(exit -> assertThat(exit.code()).isEqualTo(137));
        assertThat(box.launcher.adopt("a", first.shimPid(), first.shimStartTime(), first.initPid(), false, true, box.record("a")))
                .isEmpty();
    }

    /** As over the restart of a daemon: nobody holds the pipes but the shim. */
    @Test
    void keepsTheLastOutputOfAContainerUntilSomebodyTakesIt() throws Exception {
        int each = 1_000_000; // of 1 MiB that a pipe takes without a reader
        ShimProcess first = box.launcher.start("a",
                box.launcher.prepare(box.spec(Box.shell("head -c " + each + " /dev/zero; head -c " + each + " /dev/zero >&2; exit 5")),
                        false),
                box.record("a"));
        first.stdio().close();
        assertThat(requireNonNull(first.init()).awaitExit(10_000)).as("no reader is waited for").isTrue();
        try (Launcher later = new Launcher();
                ShimProcess again = later.adopt("a", first.shimPid(), first.shimStartTime(), first.initPid(), false, false,
                        box.record("a")).orElseThrow()) {
            box.watcher.watch(again);
            assertThat(box.exit().code()).isEqualTo(5);
            Stdio.Pipes pipes = (Stdio.Pipes) again.stdio();
            assertThat(pipes.stdout().readAll(2 * each)).hasSize(each);
            assertThat(pipes.stderr().readAll(2 * each)).hasSize(each);
        }
        first.close();
    }

    @Test
    void seesTheEndOfItsInputAlsoAfterAStop() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.shell("cat; exit 5")), true);
        Fd stdin = requireNonNull(((Stdio.Pipes) container.stdio()).stdin());
        stdin.writeFully("one\n".getBytes(StandardCharsets.UTF_8));
        Processes.kill(container.initPid(), 19); // SIGSTOP tells the parent, too
        Processes.kill(container.initPid(), 18);
        container.closeStdin();
        assertThat(box.exit().code()).isEqualTo(5);
        assertThat(Box.output(container)).isEqualTo("one\n");
    }

    /** The record is there, but for want of descriptors it cannot be opened. */
    @Test
    void endsAsItsShimSawItAlsoWhereThatCannotBeReadAtOnce() throws Exception {
        var loaded = new IOException("as long as files can be opened"); // what tells of the failure
        System.getLogger(ContainerLifeTest.class.getName()).log(System.Logger.Level.WARNING, "loaded " + Shortage.isBehind(loaded), loaded);
        ShimProcess container = box.start("a", box.spec(Box.shell("read line; exit 5")), true);
        boolean ended;
        ExitStatus early;
        try (DescriptorLimit limit = new DescriptorLimit()) {
            limit.leave(0);
            requireNonNull(((Stdio.Pipes) container.stdio()).stdin()).writeFully("end\n".getBytes(StandardCharsets.UTF_8)); // to close it would free one
            ended = container.shim().awaitExit(10_000);
            early = box.exits.poll(200, TimeUnit.MILLISECONDS);
        }
        assertThat(ended).isTrue();
        assertThat(early).as("an end that nobody can know").isNull();
        assertThat(box.exit().code()).isEqualTo(5);
    }

    @Test
    void keepsItsInputOpenUntilItIsTold() throws Exception {
        ShimProcess first = box.start("a", box.spec(Box.shell("cat; exit 5")), true);
        requireNonNull(((Stdio.Pipes) first.stdio()).stdin()).close(); // as with the daemon
        assertThat(box.exits.poll(200, TimeUnit.MILLISECONDS)).as("an end without the daemon").isNull();
        try (Launcher later = new Launcher();
                ShimProcess again = later.adopt("a", first.shimPid(), first.shimStartTime(), first.initPid(), false, true, box.record("a"))
                        .orElseThrow()) {
            again.closeStdin();
        }
        assertThat(box.exit().code()).isEqualTo(5);
    }

    @Test
    void isAdoptedWithoutTheInputThatHasEnded() throws Exception {
        ShimProcess first = box.start("a", box.spec(Box.shell("cat; echo ended; exec sleep 100")), true);
        first.closeStdin();
        byte[] line = new byte[100];
        assertThat(((Stdio.Pipes) first.stdio()).stdout().read(line, line.length)).isEqualTo(6);
        try (Launcher later = new Launcher();
                ShimProcess again = later.adopt("a", first.shimPid(), first.shimStartTime(), first.initPid(), false, true, box.record("a"))
                        .orElseThrow()) {
            assertThat(((Stdio.Pipes) again.stdio()).stdin()).isNull();
        }
    }

    @Test
    void isKilledWithItsShim() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        assertThat(Processes.kill(container.shimPid(), Processes.SIGTERM)).isTrue();
        assertThat(box.exits.poll(100, TimeUnit.MILLISECONDS)).as("SIGTERM does not end a shim").isNull();
        Processes.kill(container.shimPid(), Processes.SIGKILL);
        assertThat(box.exit().code()).isEqualTo(137);
        assertThat(requireNonNull(container.init()).awaitExit(5000)).isTrue();
    }

    /** What is written to a terminal can be read after everybody else has gone: the master must be had in time. */
    @Test
    void givesTheTerminalOfACommandThatEndsAtOnce() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        for (int i = 0; i < 30; i++) {
            ExecSpec echo = new ExecSpec(Box.process("echo", "hi").withTerminal(true), CgroupJoin.NONE);
            ExecProcess exec = box.launcher.exec(container, echo, new ExecProcess.Streams(false, true, false));
            assertThat(exec.exit().get(10, TimeUnit.SECONDS).code()).isZero();
            try (Fd out = requireNonNull(exec.stdout())) {
                byte[] text = new byte[10];
                assertThat(new String(text, 0, out.read(text, text.length), StandardCharsets.UTF_8)).isEqualTo("hi\r\n");
            }
            String id = "b" + i;
            ShimProcess quick = box.start(id, box.spec(Box.process("true").withTerminal(true)));
            assertThat(quick.stdio()).isInstanceOf(Stdio.Terminal.class);
            assertThat(box.exit().id()).isEqualTo(id);
        }
    }

    @Test
    void givesATerminal() throws Exception {
        ShimProcess container = box.start("a",
                box.spec(Box.shell("trap 'exit 130' INT; tty; ls -l /dev/console | head -c 1; echo; while :; do :; done")
                        .withTerminal(true)));
        Fd master = ((Stdio.Terminal) container.stdio()).master();
        StringBuilder out = new StringBuilder();
        byte[] buffer = new byte[100];
        while (!out.toString().endsWith("c\r\n")) {
            out.append(new String(buffer, 0, master.read(buffer, buffer.length), StandardCharsets.UTF_8));
        }
        assertThat(out.toString()).isEqualTo("/dev/pts/0\r\nc\r\n");
        master.writeFully(new byte[]{3}); // ^C
        assertThat(box.exit().code()).isEqualTo(130);
    }

    @Test
    void executesWithStreamsAndATerminal() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        try (ExecProcess exec = box.launcher.exec(container, new ExecSpec(Box.shell("cat; exit 4"), CgroupJoin.NONE),
                new ExecProcess.Streams(true, true, true))) {
            Fd stdin = requireNonNull(exec.stdin());
            Fd stdout = requireNonNull(exec.stdout());
            stdin.writeFully("in\n".getBytes(StandardCharsets.UTF_8));
            stdin.close();
            assertThat(exec.exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(4);
            assertThat(Box.text(stdout)).isEqualTo("in\n");
            stdout.close();
        }
        try (ExecProcess exec = box.launcher.exec(container,
                new ExecSpec(Box.shell("stty size; exit 6").withTerminal(true), CgroupJoin.NONE),
                new ExecProcess.Streams(true, true, false))) {
            exec.resize(80, 25);
            assertThat(exec.exit().get(10, TimeUnit.SECONDS).code()).isEqualTo(6);
        }
    }

    @Test
    void endsACommandThatTakesTooLong() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        boolean[] killed = new boolean[1];
        assertThatThrownBy(() -> box.launcher.execSync(container, new ExecSpec(Box.process("sleep", "50"), CgroupJoin.NONE),
                Duration.ofMillis(200), 100, () -> killed[0] = true)).isInstanceOf(TimeoutException.class);
        assertThat(killed[0]).isTrue();
    }

    @Test
    void cutsOutputAtTheCapAndDoesNotWaitForOthers() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        ExecResult result = box.launcher.execSync(container, new ExecSpec(Box.shell("sleep 60 & yes | head -c 1000000; echo e >&2"),
                CgroupJoin.NONE), Duration.ofSeconds(20), 1000, () -> {
                });
        assertThat(result.stdout()).hasSize(1000);
        assertThat(result.stderr()).asString().isEqualTo("e\n");
    }

    @Test
    void namesAnExecThatCannotBe() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        assertThatThrownBy(
                () -> box.launcher.execSync(container, new ExecSpec(Box.process("nope"), CgroupJoin.NONE), Duration.ofSeconds(5), 100,
                        () -> {
                        }))
                .isInstanceOf(LaunchException.class).hasMessageStartingWith("exec \"nope\": ENOENT");
    }

    @Test
    void sharesThePidNamespaceOfAPod() throws Exception {
        try (PodInit init = box.launcher.podInit("pod",
                new Namespaces(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.NEW, NamespaceSpec.HOST),
                CgroupJoin.NONE)) {
            Path namespace = Path.of("/proc/" + init.pid() + "/ns/pid");
            Namespaces shared = new Namespaces(NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.join(namespace),
                    NamespaceSpec.NEW);
            ShimProcess container = box.start("a",
                    box.spec(Box.shell("(sleep 0.1 &) ; sleep 0.3; grep -l '^State:.Z' /proc/[0-9]*/status | wc -l; cat"), shared,
                            box.root(false)),
                    true);
            Fd out = ((Stdio.Pipes) container.stdio()).stdout();
            byte[] buffer = new byte[100];
            assertThat(out.read(buffer, 2)).isEqualTo(2);
            assertThat(new String(buffer, 0, 2, StandardCharsets.UTF_8)).as("zombies: the orphan is reaped").isEqualTo("0\n");
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + container.initPid() + "/ns/pid")))
                    .isEqualTo(Files.readSymbolicLink(namespace));
            assertThat(box.launcher.adoptPodInit(init.pid(), init.startTime())).hasValueSatisfying(PodInit::close);
            assertThat(init.kill(Duration.ofSeconds(10))).isTrue();
            assertThat(box.exit().code()).isEqualTo(137);
        }
    }
}
