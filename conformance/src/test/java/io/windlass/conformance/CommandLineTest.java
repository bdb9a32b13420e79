package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.CommandLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The project's own command line, as a stranger tries it. It speaks nothing but the CRI, and so any runtime will do. */
@OnNode
class CommandLineTest {

    @Test
    void runsACommandAndExitsWithItsCode(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        Command run = windlass.run("run", "--rm", node.busybox(), "sh", "-c", "echo ahoy; exit 7");
        assertThat(run).isEqualTo(new Command(7, "ahoy\n"));
        assertThat(windlass.run("pods").output()).as("what is left").hasLineCount(1);
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 cannot be told by WebSocket that the input has ended")
    void runsACommandThatReads(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        assertThat(windlass.run("x".repeat(100_000) + "\n", List.of("run", "--rm", "-i", node.busybox(), "sh", "-c", "wc -c; exit 3")))
                .isEqualTo(new Command(3, "100001\n"));
        Command shell = windlass.onATerminal("stty size\nexit 4\n", "run --rm -i -t " + node.busybox() + " sh");
        assertThat(shell.code()).as(shell.output()).isEqualTo(4);
        assertThat(shell.output().lines().map(String::strip)).contains("33 99");
        assertThat(windlass.run("pods").output()).as("what is left").hasLineCount(1);
    }

    @Test
    void carriesAContainerThroughItsLife(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        assertThat(windlass.run("run", "-d", "--name", "mate", node.busybox(), "sh", "-c", "echo ahoy; sleep 1000").code()).isZero();
        try {
            assertThat(windlass.run("run", "-d", "--name", "mate", node.busybox(), "true")).satisfies(second -> {
                assertThat(second.code()).isEqualTo(1);
                assertThat(second.output()).contains("a pod is called mate already");
            });
            Command.Running ps = windlass.begin("ps");
            Command.Running pods = windlass.begin("pods");
            Command.Running logs = windlass.begin("logs", "mate");
            Command.Running stats = windlass.begin("stats", "-i", "10");
            Command.Running inspect = windlass.begin("inspect", "mate");
            Command.Running rm = windlass.begin("rm", "mate");
            assertThat(ps.end().output().lines().skip(1)).singleElement().asString().contains("mate", "running");
            assertThat(pods.end().output().lines().skip(1)).singleElement().asString().contains("mate", "ready")
                    .matches(line -> Stream.of(line.split(" +")).anyMatch(node.subnet()::holds));
            assertThat(logs.end().output()).isEqualTo("ahoy\n");
            assertThat(stats.end().output()).contains("mate");
            assertThat(inspect.end().output()).contains("CONTAINER_RUNNING", "runtimeSpec");
            assertThat(rm.end().output()).contains("is running: stop it first");
            assertThat(windlass.run("stop", "-t", "0", "mate").code()).isZero();
            assertThat(windlass.run("ps", "-a").output()).contains("exited");
        } finally {
            windlass.run("rm", "-f", "mate");
        }
        assertThat(windlass.run("inspect", "mate").output()).isEqualTo("windlass: no container, pod or image is called mate\n");
    }

    @Test
    void aCommandIsGivenItsInputAndTellsItsCode(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            assertThat(windlass.run("exec", container.id(), "sh", "-c", "echo out; exit 9")).isEqualTo(new Command(9, "out\n"));
            assertThat(windlass.run("x".repeat(100_000) + "\n", List.of("exec", "-i", container.id(), "sh", "-c", "head -c 100001 | wc -c"))
                    .output().lines()).contains("100001");
            assertThat(windlass.run("exec", container.id(), "/nosuch").output()).contains("/nosuch").contains("no such file");
            assertThat(windlass.run("exec", "nosuch", "true").output()).contains("no container is called nosuch");
        }
    }

    @Test
    void aCommandHasTheTerminalOfThePerson(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            Command exec = CommandLine.of(node).onATerminal("",
                    "exec -i -t " + container.id()
                            + " sh -c 'while [ $(stty size 2>/dev/null | wc -w) != 2 ]; do :; done; tty; stty size; echo $TERM; exit 5'");
            assertThat(exec.code()).as(exec.output()).isEqualTo(5);
            assertThat(exec.output().lines().map(String::strip)).contains("33 99", "xterm")
                    .anyMatch(line -> line.endsWith("/dev/pts/0"));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "has no keys to leave a terminal by")
    void aPersonLeavesATerminalByTheDetachKeys(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        try {
            Command run = windlass.onATerminal("run -i -t --rm --name left " + node.busybox()
                    + " sh -c 'for i in $(seq 300); do echo here; sleep 0.1; done; exit 3'", "here", "\u0010\u0011");
            assertThat(run.code()).as(run.output()).isZero();
            assertThat(run.output()).contains("windlass: detached, left runs on");
            assertThat(windlass.run("ps").output().lines().skip(1)).singleElement().asString().contains("left", "running");
        } finally {
            windlass.run("rm", "-f", "left");
        }
    }

    @Test
    void whatIsNotThereIsSaidInOneLine(Node node) throws Exception {
        CommandLine windlass = CommandLine.of(node);
        Command.Running absent = windlass.begin("pull", node.registry().reference("never:1"));
        Command.Running rmi = windlass.begin("rmi", "nosuch");
        Command.Running ps = windlass.begin("ps", "--endpoint", "unix:///nosuch.sock");
        Command.Running pull = windlass.begin("pull", "-q", "-o", "json", node.busybox());
        Command.Running images = windlass.begin("images");
        Command.Running info = windlass.begin("info");
        Command.Running version = windlass.begin("version");
        assertThat(absent.end()).satisfies(end -> {
            assertThat(end.code()).isEqualTo(1);
            assertThat(end.output()).hasLineCount(1).startsWith("windlass: ").contains("not found");
        });
        assertThat(rmi.end().output()).isEqualTo("windlass: image nosuch is not here; windlass images lists all\n");
        assertThat(ps.end().output()).contains("/nosuch.sock does not exist; is the daemon running");
        assertThat(pull.end().output()).contains("\"imageRef\"");
        assertThat(images.end().output()).contains("busybox");
        assertThat(info.end().output()).contains("RuntimeReady   yes", "NetworkReady   yes");
        assertThat(version.end().output()).contains("client   windlass", "runtime  " + node.runtime().name());
    }
}
