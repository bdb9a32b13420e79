package io.windlass.shim.process;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerStartTest {
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
    void runsACommandAndTellsItsOutputAndExit() throws Exception {
        Instant before = Instant.now();
        ShimProcess container = box.start("a", box.spec(Box.shell("echo out; echo err >&2; exit 7")));
        assertThat(Box.output(container)).isEqualTo("out\nerr\n");
        ExitStatus exit = box.exit();
        assertThat(exit.id()).isEqualTo("a");
        assertThat(exit.code()).isEqualTo(7);
        assertThat(exit.signal()).isZero();
        assertThat(exit.finishedAt()).isBetween(before.minusSeconds(1), Instant.now());
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0,0", "exit 255,255,0", "kill -9 1; sleep 1; exit 3,3,0"})
    void tellsTheExitCode(String script, int code, int signal) throws Exception {
        box.start("a", box.spec(Box.shell(script)));
        assertThat(box.exit()).extracting(ExitStatus::code, ExitStatus::signal).containsExactly(code, signal);
    }

    @Test
    void tellsTheSignalThatEndedIt() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        assertThat(container.signal(9)).isTrue();
        assertThat(box.exit()).extracting(ExitStatus::code, ExitStatus::signal).containsExactly(137, 9);
    }

    @ParameterizedTest
    @CsvSource({"nope,ENOENT", "/bin/nope,ENOENT", "/etc/passwd,EACCES", "/bin,EACCES"})
    void namesACommandThatCannotBeExecuted(String command, String error) throws Exception {
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process(command)))).isInstanceOfSatisfying(LaunchException.class, e -> {
            assertThat(e).hasMessageStartingWith("exec \"" + command + "\": " + error);
            assertThat(e.isCommand()).isTrue();
        });
    }

    @Test
    void namesAStepThatFails() throws Exception {
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"), io.windlass.shim.spec.MountSpec.Bind.of("/data",
                box.directory.resolve("missing"), false)))).isInstanceOf(LaunchException.class)
                .hasMessage("bind source " + box.directory + "/missing: ENOENT (no such file or directory)");
    }

    @Test
    void keepsTheShimSmall() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        String rollup = Files.readString(java.nio.file.Path.of("/proc/" + container.shimPid() + "/smaps_rollup"));
        long rss = Long.parseLong(rollup.lines().filter(line -> line.startsWith("Rss:")).findFirst().orElseThrow().replaceAll("\\D", ""));
        assertThat(rss).as("RSS of the shim in KiB").isLessThanOrEqualTo(16);
        assertThat(container.signal(0)).isTrue();
    }

    @Test
    void executesACommandInARunningContainer() throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "100")));
        ExecResult result = box.launcher.execSync(container,
                new io.windlass.shim.spec.ExecSpec(Box.shell("echo out; echo err >&2; readlink /proc/self/ns/pid; exit 3"),
                        io.windlass.shim.spec.CgroupJoin.NONE),
                Duration.ofSeconds(10), 1 << 20, () -> {
                });
        assertThat(result.code()).isEqualTo(3);
        String ns = Files.readSymbolicLink(java.nio.file.Path.of("/proc/" + container.initPid() + "/ns/pid")).toString();
        assertThat(new String(result.stdout(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("out\n" + ns + "\n");
        assertThat(new String(result.stderr(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("err\n");
    }
}
