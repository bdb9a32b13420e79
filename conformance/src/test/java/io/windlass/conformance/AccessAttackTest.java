package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.VersionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/** Other users of the host, and pods on its network, at the daemon's door. After CVE-2020-15257, 2021-41103 and 2024-25621. */
@UnderAttack
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "looks at the directories of a daemon that it started")
class AccessAttackTest {
    /** Connects to the socket and shows what it answers to HTTP/2's first words. */
    private static final String CONNECT = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(5)
            s.connect(sys.argv[1])
            s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            print("answered", len(s.recv(100)))
            """;

    private static Command connect(Node node, int uid) throws Exception {
        return Command.run("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "/usr/bin/python3", "-c", CONNECT,
                node.runtime().socket().toString());
    }

    @Test
    void anotherUserDoesNotReachTheSocket(Node node) throws Exception {
        Command command = connect(node, 1000);
        assertThat(command.output()).contains("Permission denied");
        assertThat(connect(node, 0).output()).startsWith("answered").isNotEqualTo("answered 0\n");
    }

    /** Somebody opened the directories and the socket for everybody. */
    @Test
    @DiffersOn(value = "containerd", why = "does not ask who its client is")
    void anotherUserIsHungUpOnThoughTheSocketIsOpen(Node node) throws Exception {
        List<Path> opened = List.of(node.runtime().socket(), node.scratch().resolve("state"), node.scratch().path());
        List<Set<PosixFilePermission>> before = new ArrayList<>();
        for (Path path : opened) {
            before.add(Files.getPosixFilePermissions(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        try {
            assertThat(connect(node, 1000).output()).doesNotContain("Permission denied")
                    .matches("(?s)answered 0\n|.*(reset by peer|Broken pipe).*");
        } finally {
            for (int i = 0; i < opened.size(); i++) {
                Files.setPosixFilePermissions(opened.get(i), before.get(i));
            }
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "its directories of state can be passed through, 0711")
    void stateAndImagesAreForRootAlone(Node node) throws Exception {
        for (String name : List.of("state", "root")) {
            Path directory = node.scratch().resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))).as(name).isEqualTo("rwx------");
            try (Stream<Path> tree = Files.walk(directory, 2)) {
                for (Path path : tree.filter(p -> !Files.isSymbolicLink(p) && !p.toString().contains("/snapshots/")).toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)))
                            .as(path.toString())
                            .doesNotMatch(".......w.").doesNotMatch("....w....");
                }
            }
        }
    }

    /** CVE-2020-15257: a pod on the host's network connects to the runtime's abstract socket. */
    @Test
    void podOnTheHostsNetworkFindsNoDoor(Node node) throws Exception {
        long daemon = node.runtime().pid().orElseThrow();
        var namespaces = NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER).setNetwork(NamespaceMode.NODE);
        try (Pod pod = Pod.run(node,
                c -> c.clearHostname().getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(namespaces))) {
            String sockets = pod.start(KernelAttackTest.usual().andThen(c -> c.addCommand("cat").addCommand("/proc/net/unix"))).output();
            assertThat(sockets).contains(node.runtime().socket().toString());
            assertThat(sockets.lines().filter(line -> line.contains("@")).filter(line -> owns(daemon, line.strip().split("\\s+")[6])))
                    .isEmpty();
        }
    }

    private static boolean owns(long daemon, String inode) {
        try (Stream<Path> fds = Files.list(Path.of("/proc/" + daemon + "/fd"))) {
            return fds.anyMatch(fd -> {
                try {
                    return Files.readSymbolicLink(fd).toString().equals("socket:[" + inode + "]");
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A debugger of the JVM would be root's shell for whoever can write to /tmp. */
    @Test
    @DiffersOn(value = "containerd", why = "is no JVM")
    void jvmLetsNobodyAttach(Node node) throws Exception {
        long daemon = node.runtime().pid().orElseThrow();
        Path request = Path.of("/proc/" + daemon + "/cwd/.attach_pid" + daemon);
        Path other = Path.of("/tmp/.attach_pid" + daemon);
        try {
            Files.writeString(request, "");
            Files.writeString(other, "");
            Command.output("kill", "-QUIT", Long.toString(daemon));
            assertThat(node.cri().runtime().version(VersionRequest.getDefaultInstance()).getRuntimeName()).isEqualTo("windlass");
            assertThat(Path.of("/tmp/.java_pid" + daemon)).doesNotExist();
            assertThat(Path.of("/tmp/hsperfdata_root/" + daemon)).doesNotExist();
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(other);
        }
    }
}
