package io.windlass.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.Capability;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A container that waits for a process of the runtime to enter it. After CVE-2019-5736, 2016-9962, 2024-21626, 2019-14271 and 2025-23266. */
@UnderAttack
class ProcessAttackTest {
    private static final int EXECS = 100;

    /** Looks at every process again and again, and keeps what is none of the container's own, until /stop is there. */
    private static final String WATCH = """
            echo watching
            while [ ! -e /stop ]; do
                ls -l /proc/[0-9]*/exe /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/fd 2>/dev/null |
                    grep -e '-> ' | grep -v -e '-> /bin/' -e '-> /$' -e '-> /dev/null' -e '-> pipe:' -e '-> /proc/' -e '-> socket:' -e '-> /seen$' >> /seen
            done
            """;

    private static void execs(PodContainer container) {
        for (int i = 0; i < EXECS; i++) {
            assertThat(container.exec("/bin/true").getExitCode()).isZero();
        }
    }

    private static Pulled image(Node node, TarLayer layer) throws Exception {
        String name = "process-attack-" + node.next();
        node.registry().push(name, "1", TestImages.busybox().plus(Layer.gzip(layer)));
        return Pulled.pull(node, node.registry().reference(name + ":1"));
    }

    /** CVE-2016-9962: nothing of a process that joins can be looked into before it is the container's. */
    @Test
    void joiningProcessShowsNothingOfTheHost(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script(WATCH + "cat /seen");
            container.awaitLog("watching");
            execs(container);
            container.exec("touch", "/stop"); // the container's end may kill it before its own
            assertThat(container.output()).isEqualTo("watching\n");
        }
    }

    /** Starts a container that may trace, and runs a script for every process in it, until /stop is there. */
    private static PodContainer tracer(Pod pod, String look) throws Exception {
        Capability capability = Capability.newBuilder().addAddCapabilities("SYS_PTRACE").build();
        String script = """
                echo watching
                while [ ! -e /stop ]; do
                    for p in /proc/[0-9]*; do
                        %s
                    done
                done
                """.formatted(look);
        PodContainer container = pod.start(ProcessTest.user(s -> s.setCapabilities(capability))
                .andThen(c -> c.addAllCommand(List.of("sh", "-c", script))));
        container.awaitLog("watching");
        return container;
    }

    /** With CAP_SYS_PTRACE it can be looked into, and has nothing of the host: no root, no directory, no program to be written. */
    @Test
    void joiningProcessIsOfNoUseToATracer(Node node, Canary host) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = tracer(pod, """
                    case $(readlink $p/exe) in
                        /bin/*|'') ;;
                        *) echo owned 2>/dev/null > $p/exe && echo overwritten
                            cat $p/cwd%1$s $p/root%1$s $p/fd/*/%1$s 2>/dev/null ;;
                    esac""".formatted(host.secret()));
            execs(container);
            container.exec("touch", "/stop"); // the container's end may kill it before its own
            assertThat(container.output()).isEqualTo("watching\n");
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /**
     * A tracer finds the pipe by which a joining process tells the runtime that its command runs: he may write there whom he likes to be taken for it, and
     * killed, keep it open, or read what was told. The command may have a name like the runtime's own program. The tracer looks with nothing but the
     * shell's own commands, to be in time.
     */
    @ParameterizedTest
    @CsvSource({":, sleep", "exec sleep 1000, sleep", "exec cat <&1 >/dev/null, sleep",
            "exec sleep 1000, /memfd:windlass-shim/busybox sleep"})
    void joiningProcessIsNotTakenForAnother(String then, String command, Node node) throws Exception {
        Process victim = new ProcessBuilder("sleep", "1000").start();
        StringBuilder forged = new StringBuilder("\\0".repeat(8));
        for (long rest = victim.pid(), i = 0; i < 8; i++, rest >>= 8) {
            forged.append(String.format("\\%03o", rest & 0xff));
        }
        try (Pod pod = Pod.run(node); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PodContainer container = tracer(pod, """
                    if [ -p $p/fd/3 ] && ! [ $p/exe -ef /bin/busybox ]; then
                        { { printf '%s' && echo caught >&2; %s; } 1<> $p/fd/3; } 2>>/caught &
                    fi""".formatted(forged, then));
            Path caught = Path.of("/proc", InspectTest.container(node, container).path("pid").asString(), "root/caught");
            container.sh("mkdir /memfd:windlass-shim; cp /bin/busybox /memfd:windlass-shim/busybox");
            Files.deleteIfExists(caught); // who has just joined is not one of those below
            int rounds = 0;
            do {
                List<Future<Code>> commands = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    commands.add(threads.submit(() -> Failure
                            .of(() -> container.exec(Duration.ofSeconds(1), List.of((command + " 1000").split(" ")))).code()));
                }
                for (Future<Code> one : commands) {
                    assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(Code.DEADLINE_EXCEEDED);
                }
                rounds++;
            } while (rounds < 10 && !read(caught).contains("caught"));
            assertThat(victim.isAlive()).isTrue();
        } finally {
            victim.destroy();
        }
    }

    /** CVE-2019-5736: the program is a script whose interpreter is the process that starts it, which is then overwritten through /proc. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/exe", "/proc/1/exe", "/proc/self/fd/3", "/proc/self/fd/4", "/proc/thread-self/exe"})
    void programIsNotTheRuntimesOwn(String interpreter, Node node) throws Exception {
        String script = "#!" + interpreter + "\n";
        try (Pulled image = image(node, new TarLayer().file("evil", script.getBytes(StandardCharsets.UTF_8), Owner.root(0755)));
                Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addCommand("/evil");
            });
            try {
                container.start();
                container.stop(Duration.ZERO);
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
            PodContainer watcher = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(
                        List.of("sh", "-c", "echo ready; while [ ! -e /stop ]; do for e in /proc/[0-9]*/exe; do case $(readlink $e) in"
                                + " /bin/*|'') ;; *) echo owned 2>/dev/null > $e && echo overwritten;; esac; done; done"));
            });
            watcher.awaitLog("ready");
            for (int i = 0; i < 20; i++) {
                try {
                    watcher.exec(Duration.ofSeconds(1), List.of("/evil"));
                } catch (StatusRuntimeException refused) {
                    assertThat(refused.getMessage()).isNotBlank();
                }
            }
            watcher.exec("touch", "/stop"); // the container's end may kill it before its own
            assertThat(watcher.output()).isEqualTo("ready\n");
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /** CVE-2024-21626: the working directory of an exec is replaced by a link to a descriptor that may have been left open. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/fd/3", "/proc/self/fd/5", "/proc/self/fd/7", "/proc/self/fd/8", "/proc/self/fd/9", "/proc/1/cwd",
            "/proc/1/root"})
    void workingDirectoryOfAnExecIsInTheRoot(String target, Node node, Canary host) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setWorkingDir("/work").addAllCommand(
                    List.of("sh", "-c", "cd /; rmdir /work; ln -s " + target + " /work; echo ready; sleep 1000")));
            container.awaitLog("ready");
            try {
                String seen = container
                        .sh("cat ." + host.secret() + " " + host.fromBelow() + "/secret 2>/dev/null; pwd; ls /proc/self/fd | tr '\\n' ' '");
                assertThat(seen).doesNotContain(Canary.SECRET).endsWith("0 1 2 3 ");
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void workingDirectoryThatWasDeletedIsRefused(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setWorkingDir("/work").addAllCommand(
                    List.of("sh", "-c", "cd /; rmdir /work; echo ready; sleep 1000")));
            container.awaitLog("ready");
            assertThat(Failure.of(() -> container.exec("pwd")).message()).contains("/work");
        }
    }

    /** CVE-2025-23266, 2019-14271: what an image puts into the environment or its libraries is not for processes of the host. */
    @Test
    void environmentAndLibrariesOfAnImageStayInside(Node node, Canary host) throws Exception {
        TarLayer libraries = new TarLayer().file("etc/nsswitch.conf", "passwd: evil\ngroup: evil\n")
                .file("etc/ld.so.preload", "/lib/evil.so\n")
                .file("lib/libnss_evil.so.2", "no library").file("lib/evil.so", "no library");
        try (Pulled image = image(node, libraries); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(ProcessTest.user(s -> s.setRunAsUsername("app")).andThen(c -> {
                c.getImageBuilder().setImage(image.name());
                for (String name : List.of("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "BASH_ENV", "ENV", "JAVA_TOOL_OPTIONS")) {
                    c.addEnvsBuilder().setKey(name).setValue(ByteString.copyFromUtf8(host.program() + "-" + name));
                }
                c.addAllCommand(List.of("sleep", "1000"));
            }));
            assertThat(container.exec("id", "-u").getStdout().toStringUtf8()).isEqualTo("1000\n");
            try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
                for (Path process : processes.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                    String command = read(process.resolve("cmdline"));
                    if (!command.startsWith("sleep\0")) {
                        assertThat(read(process.resolve("environ"))).as(command).doesNotContain(host.program().toString());
                        assertThat(read(process.resolve("maps"))).as(command).doesNotContain("evil");
                    }
                }
            }
        }
    }

    /** CVE-2021-21334: variables of one container are not those of the next of its image, whichever is made or started first. */
    @Test
    void environmentIsOfOneContainerAlone(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            List<PodContainer> containers = new ArrayList<>();
            for (String name : List.of("ONE", "OTHER", "THIRD")) {
                containers.add(pod.create(c -> c.addCommand("env")
                        .addEnvsBuilder().setKey("SECRET_OF_" + name).setValue(ByteString.copyFromUtf8("x"))));
            }
            containers.reversed().forEach(PodContainer::start);
            List<String> seen = new ArrayList<>();
            for (PodContainer container : containers) {
                seen.add(String.join(" ", container.output().lines().filter(line -> line.startsWith("SECRET_OF_")).toList()));
            }
            assertThat(seen).containsExactly("SECRET_OF_ONE=x", "SECRET_OF_OTHER=x", "SECRET_OF_THIRD=x");
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // the process has ended
        }
    }

    /** A pod that sees the host's processes, but has no capability over them. */
    @Test
    void processesOfTheHostAreNotEntered(Node node, Canary host) throws Exception {
        long daemon = node.runtime().pid().orElseThrow();
        String script = """
                cat /proc/%1$d/root%2$s /proc/%1$d/cwd%2$s /proc/1/root%2$s /proc/%1$d/environ /proc/%1$d/mem
                for f in /proc/%1$d/fd/* /proc/%1$d/map_files/* /proc/1/fd/*; do readlink $f; done
                nsenter -t %1$d -m cat %2$s
                echo 1000 > /proc/%1$d/oom_score_adj && echo written
                """.formatted(daemon, host.secret());
        var namespaces = NamespaceOption.newBuilder().setPid(NamespaceMode.NODE);
        try (Pod pod = Pod.run(node, c -> c.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(namespaces))) {
            String seen = pod.start(KernelAttackTest.usual().andThen(ProcessTest.user(s -> s.getRunAsUserBuilder().setValue(1000)))
                    .andThen(c -> c.addAllCommand(List.of("sh", "-c", "{ " + script + "\n} 2>/dev/null; echo looked")))).output();
            assertThat(seen).isEqualTo("looked\n");
            assertThat(pod.start(KernelAttackTest.usual()
                    .andThen(c -> c.addAllCommand(
                            List.of("sh", "-c", "{ " + script.replaceAll("(?m)^echo 1000.*$", "true") + "\n} 2>/dev/null; echo looked"))))
                    .output()).isEqualTo("looked\n");
        }
    }

    /** What a container kills is its own. */
    @Test
    void killingEverythingKillsNothingOfTheRuntime(Node node) throws Exception {
        try (Pod pod = Pod.run(node,
                c -> c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setPid(NamespaceMode.POD))) {
            PodContainer other = pod.start("sleep", "1000");
            PodContainer killer = pod.script("kill -9 -1; exit 7");
            other.awaitExit();
            killer.awaitExit();
            assertThat(other.status().getExitCode()).isEqualTo(137);
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }
}
