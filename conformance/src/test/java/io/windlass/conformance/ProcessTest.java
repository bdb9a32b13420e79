package io.windlass.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The first process of a container: what the image says and what the request says of it. */
@OnNode
class ProcessTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"||image entry image args", "x y||x y", "|p q|image entry p q", "x y|p q|x y p q"})
    void mergesEntrypointAndArguments(String command, String args, String expected, Node node) throws Exception {
        node.registry().push("merge", "1",
                TestImages.busybox().with("Entrypoint", List.of("echo", "image", "entry")).with("Cmd", List.of("image", "args")));
        try (Pulled image = Pulled.pull(node, node.registry().reference("merge:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                if (command != null) {
                    c.addCommand("echo").addAllCommand(List.of(command.split(" ")));
                }
                if (args != null) {
                    c.addAllArgs(List.of(args.split(" ")));
                }
            });
            assertThat(container.output()).isEqualTo(expected + "\n");
            container.remove();
        }
    }

    @Test
    void takesEnvironmentDirectoryAndUserOfTheImage(Node node) throws Exception {
        node.registry().push("defaults", "1",
                TestImages.busybox().with("Env", List.of("PATH=/bin", "FROM=image", "KEPT=yes")).with("WorkingDir", "/home/app")
                        .with("User", "app"));
        try (Pulled image = Pulled.pull(node, node.registry().reference("defaults:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "echo $FROM $KEPT; pwd; id -u; id -g"));
                c.addEnvsBuilder().setKey("FROM").setValue(ByteString.copyFromUtf8("request"));
            });
            assertThat(container.output()).isEqualTo("request yes\n/home/app\n1000\n1000\n");
            container.remove();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 takes UTF-8 only")
    void takesAVariableOfAnyBytes(Node node) throws Exception {
        ByteString value = ByteString.copyFrom(new byte[]{'A', (byte) 0xff, (byte) 0xc3, (byte) 0xa4, (byte) 0xe2, (byte) 0x82, 'B'});
        assertThat(output(node, c -> c.addEnvsBuilder().setKey("RAW").setValue(value), "printf %s \"$RAW\" | od -An -tx1"))
                .isEqualTo(" 41 ff c3 a4 e2 82 42\n");
    }

    @Test
    void makesTheWorkingDirectoryThatIsNotThere(Node node) throws Exception {
        assertThat(output(node, c -> c.setWorkingDir("/new/deep"), "pwd")).isEqualTo("/new/deep\n");
    }

    @Test
    void runsAsTheUserOfTheRequest(Node node) throws Exception {
        assertThat(output(node, user(u -> u.getRunAsUserBuilder().setValue(1234)), "id -u; id -g")).isEqualTo("1234\n0\n");
        assertThat(output(node, user(u -> {
            u.getRunAsUserBuilder().setValue(1234);
            u.getRunAsGroupBuilder().setValue(5678);
            u.addSupplementalGroups(9000);
        }), "id -u; id -g; id -G")).isEqualTo("1234\n5678\n5678 9000\n");
        assertThat(output(node, user(u -> u.setRunAsUsername("app")), "id -u; id -g; id -G")).isEqualTo("1000\n1000\n1000 2000\n");
    }

    @Test
    @DiffersOn(value = "containerd", why = "says that there is a user missing, without its name")
    void namesAUserThatIsNotThere(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(user(u -> u.setRunAsUsername("stranger")).andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("stranger");
            assertThat(pod.start("echo", "next").output()).isEqualTo("next\n");
        }
    }

    @Test
    void namesAnEntrypointThatIsNotThereAndSaysSoInTheStatus(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(c -> c.addCommand("/bin/nope"));
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION, container::start);
            assertThat(failure.message()).contains("/bin/nope");
            ContainerStatus status = container.awaitExit();
            assertThat(status.getExitCode()).isEqualTo(128);
            assertThat(status.getReason()).isEqualTo("StartError");
            assertThat(status.getMessage()).contains("/bin/nope");
            assertThat(pod.start("echo", "next").output()).isEqualTo("next\n");
        }
    }

    @Test
    void findsItsProgramInThePathOfTheContainer(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start("echo", "found").output()).isEqualTo("found\n");
        }
    }

    @Test
    void getsTheStopSignalOfTheImage(Node node) throws Exception {
        node.registry().push("signal", "1", TestImages.busybox().with("StopSignal", "SIGUSR1"));
        try (Pulled image = Pulled.pull(node, node.registry().reference("signal:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "trap 'exit 5' USR1; trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done"));
            });
            container.awaitLog("ready");
            container.stop(Duration.ofSeconds(10));
            assertThat(container.status().getExitCode()).isEqualTo(5);
            container.remove();
        }
    }

    @Test
    void hasATerminalWhenAskedFor(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod
                    .start(c -> c.setTty(true).addAllCommand(List.of("sh", "-c", "test -t 0 && test -t 1 && test -t 2 && echo $TERM")));
            assertThat(container.output()).contains("xterm");
        }
    }

    @Test
    void hasNoInputWithoutOneAndNoForeignDescriptor(Node node) throws Exception {
        assertThat(output(node, c -> {
        }, "cat; ls /proc/self/fd | tr '\\n' ' '")).isEqualTo("0 1 2 3 ");
    }

    @Test
    void startsWithEverySignalAtItsDefault(Node node) throws Exception {
        // real-time signals left out: a C library keeps some of them for itself
        String status = output(node, c -> {
        }, "exec grep -E 'Sig(Blk|Ign)' /proc/self/status");
        assertThat(status.lines().map(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16) & 0x7fffffff)).containsOnly(0L);
    }

    static Consumer<ContainerConfig.Builder> user(Consumer<LinuxContainerSecurityContext.Builder> change) {
        return c -> change.accept(c.getLinuxBuilder().getSecurityContextBuilder());
    }

    /** What a script prints in a container of its own. */
    static String output(Node node, Consumer<ContainerConfig.Builder> change, String script) throws Exception {
        try (Pod pod = Pod.run(node)) {
            return pod.start(change.andThen(c -> c.addAllCommand(List.of("sh", "-c", script)))).output();
        }
    }
}
