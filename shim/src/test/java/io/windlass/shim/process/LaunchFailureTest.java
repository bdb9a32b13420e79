package io.windlass.shim.process;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Starts with none, one, two, … descriptors left, up to the first that succeeds: each that fails leaves nothing. */
class LaunchFailureTest {
    /** Seconds, and by them our commands are known. */
    private static final String FOREVER = "800" + ProcessHandle.current().pid();

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        box.close();
    }

    /** When they run out. */
    private enum When {
        BEFORE, ONCE_THE_COMMAND_RUNS
    }

    /** Starts something; what it returns ends that and is closed. */
    private interface Start {
        AutoCloseable start() throws Exception;
    }

    /** What is looked at after each start. */
    private interface Check {
        void check() throws IOException;
    }

    @ParameterizedTest
    @CsvSource({"BEFORE,false", "BEFORE,true", "ONCE_THE_COMMAND_RUNS,false", "ONCE_THE_COMMAND_RUNS,true"})
    void leavesNothingOfAContainer(When when, boolean terminal) throws Exception {
        ContainerSpec spec = box.spec(Box.process("sleep", FOREVER).withTerminal(terminal));
        Path record = box.record("a");
        List<String> failures = failures(when, () -> {
            ShimProcess container = box.launcher.start("a", box.launcher.prepare(spec, true), record);
            assertThat(container.signal(0)).isTrue();
            return () -> box.launcher.takeBack(container);
        }, () -> assertThat(when == When.ONCE_THE_COMMAND_RUNS && ExitRecordFile.callOff(record)).as("may be started again").isFalse());
        assertFailed(failures, when, terminal ? new String[]{"pidfd_open", "pidfd_getfd", "/stat"} : new String[]{"pidfd_open", "/stat"});
    }

    @ParameterizedTest
    @CsvSource({"BEFORE,false", "BEFORE,true", "ONCE_THE_COMMAND_RUNS,false", "ONCE_THE_COMMAND_RUNS,true"})
    void leavesNothingOfAnExec(When when, boolean terminal) throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
        ExecSpec spec = new ExecSpec(Box.process("sleep", FOREVER).withTerminal(terminal), CgroupJoin.NONE);
        List<String> failures = failures(when, () -> {
            ExecProcess exec = box.launcher.exec(container, spec, new ExecProcess.Streams(true, true, !terminal));
            return () -> end(exec);
        }, () -> {
        });
        assertFailed(failures, when, terminal ? new String[]{"pidfd_open", "pidfd_getfd", "dup"} : new String[]{"pidfd_open"});
    }

    private static void assertFailed(List<String> failures, When when, String... calls) {
        for (String call : when == When.BEFORE ? new String[]{"memfd_create"} : calls) {
            assertThat(failures).anyMatch(failure -> failure.contains(call));
        }
    }

    private static void end(ExecProcess exec) throws Exception {
        exec.close();
        exec.exit().get();
        for (var stream : new io.windlass.shim.linux.Fd[]{exec.stdin(), exec.stdout(), exec.stderr()}) {
            if (stream != null) {
                stream.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingOfAnExecToItsEnd(When when) throws Exception {
        ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
        ExecSpec spec = new ExecSpec(Box.process("echo", "done"), CgroupJoin.NONE);
        List<String> failures = failures(when, () -> {
            ExecResult result = box.launcher.execSync(container, spec, Duration.ZERO, 100, () -> {
            });
            assertThat(new String(result.stdout(), StandardCharsets.UTF_8)).isEqualTo("done\n");
            return () -> {
            };
        }, () -> {
        });
        assertFailed(failures, when, "pidfd_open");
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingOfAPodsInit(When when) throws Exception {
        List<String> failures = failures(when, () -> {
            PodInit init = box.launcher.podInit("pod",
                    new Namespaces(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.NEW, NamespaceSpec.HOST),
                    CgroupJoin.NONE);
            return () -> {
                assertThat(init.kill(Duration.ofSeconds(10))).isTrue();
                init.close();
            };
        }, () -> {
        });
        assertFailed(failures, when, "pidfd_open", "/stat");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavesNothingOfAContainerThatMemoryRunsOutOver(boolean terminal) throws Exception {
        PreparedStart prepared = box.launcher.prepare(box.spec(Box.process("sleep", FOREVER).withTerminal(terminal)), true);
        Path record = box.record("a");
        box.launcher.takeBack(box.launcher.start("a", prepared, record)); // so that all classes are there
        Set<String> before = leftovers();
        box.running = () -> {
            throw new OutOfMemoryError("of a test");
        };
        assertThatThrownBy(() -> box.launcher.start("a", prepared, record)).isInstanceOf(OutOfMemoryError.class);
        awaitKilled(before);
        assertThat(leftovers()).isEqualTo(before);
    }

    private List<String> failures(When when, Start start, Check check) throws Exception {
        start.start().close(); // so that all classes are there, for which descriptors are needed too
        assertThatThrownBy(() -> box.start("b", box.spec(Box.process("nope")))).isInstanceOf(LaunchException.class);
        Set<String> before = leftovers();
        List<String> failures = new ArrayList<>();
        try (DescriptorLimit limit = new DescriptorLimit()) {
            while (true) {
                AutoCloseable started = null;
                int free = failures.size();
                switch (when) {
                    case BEFORE -> limit.leave(free);
                    case ONCE_THE_COMMAND_RUNS -> box.running = () -> limit.leave(free);
                }
                try {
                    started = start.start();
                } catch (IOException e) {
                    failures.add(String.valueOf(e.getMessage()));
                } finally {
                    limit.lift();
                    box.running = () -> {
                    };
                }
                if (started != null) {
                    started.close();
                }
                check.check();
                awaitKilled(before);
                assertThat(leftovers()).as("processes and descriptors after %s", failures).isEqualTo(before);
                if (started != null) {
                    return failures;
                }
            }
        }
    }

    /** What was killed and is not our child to wait for ends a moment later; what was not killed is still there after this. */
    private static void awaitKilled(Set<String> before) throws Exception {
        for (String left : leftovers()) {
            if (!before.contains(left) && !left.startsWith("descriptors")) {
                long pid = Long.parseLong(left.substring(0, left.indexOf(' ')));
                ProcessHandle.of(pid).ifPresent(process -> process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join());
            }
        }
    }

    /** Our children, be they zombies, our commands, all that run our image, and our descriptors but for the tests' own. */
    private static Set<String> leftovers() throws IOException {
        Set<String> found = new TreeSet<>();
        Set<Object> images = images();
        String child = "PPid:\t" + ProcessHandle.current().pid() + "\n";
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(path -> Character.isDigit(path.getFileName().toString().charAt(0))).toList()) {
                try {
                    String command = Files.readString(process.resolve("cmdline"));
                    if (Files.readString(process.resolve("status")).contains(child) || command.contains(FOREVER)
                            || images.contains(inode(process.resolve("exe")))) {
                        found.add(process.getFileName() + " " + command.replace('\0', ' '));
                    }
                } catch (IOException e) {
                    // it ended meanwhile
                }
            }
        }
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            found.add("descriptors: " + open.count());
        }
        return found;
    }

    private static Set<Object> images() throws IOException {
        Set<Object> inodes = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : open.filter(Files::exists).toList()) {
                if (Files.readSymbolicLink(fd).toString().startsWith("/memfd:" + LeftShims.IMAGE)) {
                    inodes.add(inode(fd));
                }
            }
        }
        assertThat(inodes).as("inodes of our image").isNotEmpty();
        return inodes;
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }
}
