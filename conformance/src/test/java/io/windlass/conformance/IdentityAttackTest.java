package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Images whose passwd and group files want to make somebody else of a user. After CVE-2024-40635, 2026-46680, 2022-4318, 2024-9676 and their like. */
@UnderAttack
class IdentityAttackTest {

    /** What stands where /etc/passwd should. */
    enum Passwd {
        DEVICE_THAT_THE_HOST_DOES_NOT_HAVE((t, h) -> t.characterDevice("etc/passwd", 42, 42)), //
        ENDLESS_DEVICE((t, h) -> t.characterDevice("etc/passwd", 1, 5)), //
        FIFO((t, h) -> t.fifo("etc/passwd")), //
        DIRECTORY((t, h) -> t.directory("etc/passwd", Owner.root(0755))), //
        LINK_TO_ITSELF((t, h) -> t.symlink("etc/passwd", "passwd")), //
        TWO_MEBIBYTES((t, h) -> t.file("etc/passwd", "app:x:0:0::/:/bin/sh\n".repeat(100_000)));

        private final Attack attack;

        Passwd(Attack attack) {
            this.attack = attack;
        }
    }

    /** Changes the files of an image. */
    @FunctionalInterface
    private interface Attack {
        TarLayer add(TarLayer tar, Canary host);
    }

    private static String push(Node node, UnaryOperator<TarLayer> change) throws Exception {
        String name = "identity-attack-" + node.next();
        node.registry().push(name, "1", TestImages.busybox().plus(Layer.gzip(change.apply(new TarLayer()))));
        return node.registry().reference(name + ":1");
    }

    private static String idOf(Node node, String user, UnaryOperator<TarLayer> change) throws Exception {
        try (Pulled image = Pulled.pull(node, push(node, change)); Pod pod = Pod.run(node)) {
            Consumer<ContainerConfig.Builder> who = ProcessTest.user(s -> s.setRunAsUsername(user));
            return pod.start(who.andThen(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "echo $(id -u 2>/dev/null):$(id -g 2>/dev/null):$HOME"));
            })).output().strip();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "1.6 reads a device and two mebibytes, and waits at a FIFO")
    void fileThatIsNoneIsRefusedAtOnce(Passwd passwd, Node node, Canary host) throws Exception {
        try (Pulled image = Pulled.pull(node, push(node, tar -> passwd.attack.add(tar, host))); Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(ProcessTest.user(s -> s.setRunAsUsername("app")).andThen(c -> {
                        c.getImageBuilder().setImage(image.name());
                        c.addCommand("true");
                    })));
            assertThat(failure.message()).contains("/etc/passwd");
        }
    }

    @ParameterizedTest
    @CsvSource({"absolute", "up"})
    void linkToTheHostsFileIsOneInTheImage(String kind, Node node, Canary host) throws Exception {
        Files.writeString(host.directory().resolve("passwd"), "spy:x:77:77::/:/bin/sh\n");
        try {
            String target = (kind.equals("up") ? host.fromBelow() : host.directory().toString()) + "/passwd";
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION, () -> idOf(node, "spy", tar -> tar.symlink("etc/passwd", target)));
            if (node.runtime().name().equals("windlass")) {
                assertThat(failure.message()).contains("spy");
            }
        } finally {
            Files.delete(host.directory().resolve("passwd"));
        }
    }

    /** Lines that a careless reader takes for uid 0, or for somebody of another line; the last line is the honest one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"app:x::0::/:|1000:1000:/", "app:x:-1:0::/:|1000:1000:/", "app:x:0x0:0::/:|1000:1000:/",
            "app:x: 0:0::/:|1000:1000:/", "app:x:4294967296:0::/:|1000:1000:/", "app:x:2147483648:0::/:|1000:1000:/",
            "app:x:99999999999999999999:0::/:|1000:1000:/", "app:x:0:zero::/:|1000:1000:/", "app:x:0|1000:1000:/", "app|1000:1000:/",
            ":::::|1000:1000:/", "#app:x:0:0::/:|1000:1000:/", "app:x:\u0660:0::/:|1000:1000:/", "x\\0app:x:0:0::/:|1000:1000:/",
            "x\\rapp:x:0:0::/:|1000:1000:/", "app:x:1000:1000::/home\\rroot:|1000:1000:/", "app:x:1000:1000::../..:|1000:1000:/",
            "app:x:1000:1000::relative:|1000:1000:/"})
    @DiffersOn(value = "containerd", why = "what is no number is 0 and so root to Debian's runc, and a home is taken as it stands")
    void garbageMakesNobodyRoot(String line, String expected, Node node) throws Exception {
        String text = line.replace("\\0", "\0").replace("\\r", "\r") + "\napp:x:1000:1000::/:/bin/sh\n";
        assertThat(idOf(node, "app", tar -> tar.file("etc/passwd", text))).isEqualTo(expected);
    }

    @Test
    @DiffersOn(value = "containerd", why = "Debian's runc starts nothing where a group of the user is none")
    void groupsOfGarbageAreNone(Node node) throws Exception {
        String group = "root:x:zero:app\nwheel:x:-1:app\nbig:x:4294967296:app\nshort\nodd:x:2000:app,,root\n";
        String passwd = "app:x:1000:1000::/:/bin/sh\n";
        try (Pulled image = Pulled.pull(node, push(node, tar -> tar.file("etc/passwd", passwd).file("etc/group", group)));
                Pod pod = Pod.run(node)) {
            assertThat(pod.start(ProcessTest.user(s -> s.setRunAsUsername("app")).andThen(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "id -G 2>/dev/null"));
            })).output().strip()).isEqualTo("1000 2000");
        }
    }
}
