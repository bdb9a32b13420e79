package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Layers whose entries want to be somewhere else than in their image. After CVE-2021-32760, 2018-15664, 2025-47290, 2026-85731 and their like. */
@UnderAttack
class TarAttackTest {

    /** Adds entries that aim at the host. */
    @FunctionalInterface
    private interface Attack {
        TarLayer add(TarLayer tar, Canary host);
    }

    /** A layer that is taken, and means its own image only. */
    enum Harmless {
        ABSOLUTE_NAME((t, h) -> t.file(h.secret().toString(), "planted")), //
        LINK_THEN_WRITE_THROUGH(
                (t, h) -> t.symlink("out", h.directory().toString()).file("out/secret", "planted").file("out/new", "planted")), //
        LINK_UP_THEN_WRITE_THROUGH((t, h) -> t.symlink("out", h.fromBelow()).file("out/secret", "planted").file("out/new", "planted")), //
        LINK_TO_A_LINK((t, h) -> t.symlink("a", "b").symlink("b", h.directory().toString()).file("a/secret", "planted")), //
        FILE_OVER_A_LINK((t, h) -> t.symlink("f", h.secret().toString()).file("f", "planted")), //
        DIRECTORY_OVER_A_LINK((t, h) -> t.symlink("d", h.directory().toString()).directory("d", new Owner(4242, 4242, 0777))), //
        LINK_OVER_A_DIRECTORY((t, h) -> t.directory("d", Owner.root(0755)).file("d/in", "x").symlink("d", h.directory().toString())
                .file("d/secret", "planted")), //
        HARD_LINK_TO_A_LINK((t, h) -> t.symlink("l", h.secret().toString()).hardlink("h", "l").file("h", "planted")), //
        ATTRIBUTE_OF_A_LINK((t, h) -> t.xattr("user.attacked", "yes").symlink("l", h.secret().toString())), //
        WHITEOUT_THROUGH_A_LINK((t, h) -> t.symlink("out", h.directory().toString()).file("out/.wh.secret", "")), //
        OPAQUE_THROUGH_A_LINK((t, h) -> t.symlink("out", h.directory().toString()).file("out/.wh..wh..opq", "")), //
        FIFO_THEN_A_FILE((t, h) -> t.fifo("p").file("p", "not waited for")), //
        ANOTHER_CASE((t, h) -> t.symlink("Out", h.directory().toString()).file("out/secret", "planted").file("OUT/secret", "planted")), //
        ABSOLUTE_NAME_IN_PAX((t, h) -> t.pax(Map.of("path", h.secret().toString())).file("innocent", "planted")), //
        LINK_TARGET_IN_PAX(
                (t, h) -> t.pax(Map.of("linkpath", h.directory().toString())).symlink("out", "tmp").file("out/secret", "planted")), //
        LONG_LINK_OF_GNU(
                (t, h) -> t.special('K', "././@LongLink", h.directory() + "\0").symlink("out", "tmp").file("out/secret", "planted")), //
        ATTRIBUTES_OF_OVERLAYFS((t, h) -> t.xattr("trusted.overlay.opaque", "y").directory("bin", Owner.root(0755))
                .xattr("trusted.overlay.redirect", h.directory().toString()).directory("www", Owner.root(0755)));

        private final Attack attack;

        Harmless(Attack attack) {
            this.attack = attack;
        }
    }

    /** A layer that is none. */
    enum Refused {
        DOTS((t, h) -> t.file(h.fromBelow() + "/secret", "planted")), //
        DOTS_IN_THE_MIDDLE((t, h) -> t.directory("a", Owner.root(0755)).file("a/" + h.fromBelow() + "/secret", "planted")), //
        DOTS_AT_THE_END((t, h) -> t.directory("a/..", Owner.root(0777))), //
        DOTS_OF_A_LINK((t, h) -> t.symlink(h.fromBelow() + "/link", "/")), //
        DOTS_IN_PAX((t, h) -> t.pax(Map.of("path", h.fromBelow() + "/secret")).file("innocent", "planted")), //
        DOTS_IN_A_LONG_NAME((t, h) -> t.special('L', "././@LongLink", h.fromBelow() + "/secret\0").file("innocent", "planted")), //
        HARD_LINK_TO_THE_HOST((t, h) -> t.hardlink("h", h.secret().toString()).file("h", "planted")), //
        HARD_LINK_UP((t, h) -> t.hardlink("h", h.fromBelow() + "/secret")), //
        HARD_LINK_THROUGH_A_LINK((t, h) -> t.symlink("out", h.directory().toString()).hardlink("h", "out/secret")), //
        HARD_LINK_IN_PAX((t, h) -> t.pax(Map.of("linkpath", h.secret().toString())).hardlink("h", "innocent")), //
        WHITEOUT_OF_THE_PARENT((t, h) -> t.directory("a", Owner.root(0755)).file("a/.wh...", "")), //
        DEVICE_AS_A_PARENT((t, h) -> t.characterDevice("d", 1, 3).file("d/x", "planted")), //
        FIFO_AS_A_PARENT((t, h) -> t.fifo("p").file("p/x", "planted")), //
        FILE_AS_A_PARENT((t, h) -> t.file("f", "x").file("f/x", "planted")), //
        LOOP_AS_A_PARENT((t, h) -> t.symlink("a", "b").symlink("b", "a").file("a/x", "planted")), //
        ROOT_AS_A_LINK((t, h) -> t.symlink("./", h.directory().toString()).file("secret", "planted")), //
        NEGATIVE_SIZE((t, h) -> t.claiming("x", -1024).file("y", "planted")), //
        MORE_THAN_ALL_DISKS((t, h) -> t.claiming("x", 1L << 62)), //
        SPARSE_BOMB((t, h) -> t.pax(Map.of("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "x", "GNU.sparse.realsize",
                Long.toString(Long.MAX_VALUE))).file("x", "0\n" + "\0".repeat(510))), //
        LONG_NAME_WITHOUT_END((t, h) -> t.special('L', "././@LongLink", "n".repeat(2 << 20)).file("x", "planted"));

        private final Attack attack;

        Refused(Attack attack) {
            this.attack = attack;
        }
    }

    @ParameterizedTest
    @EnumSource
    void entryStaysInItsImage(Harmless layer, Node node, Canary host) throws Exception {
        try (Pulled image = Pulled.pull(node, push(node, layer.attack, host)); Pod pod = Pod.run(node)) {
            String look = "find / -xdev -type f -size -8 -exec grep -l '%1$s' {} +; cat /out/* /a/* /d/* /f /h /l /www/secret %2$s; true"
                    .formatted(Canary.SECRET, host.secret());
            String seen = pod.start(c -> {
                c.getImageBuilder().setImage(image.name());
                c.addAllCommand(List.of("sh", "-c", "{ " + look + "; } 2>/dev/null; echo looked"));
            }).output();
            assertThat(seen).doesNotContain(Canary.SECRET).endsWith("looked\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "1.6 takes dots as the image's own root, and writes out a sparse file")
    void layerIsRefused(Refused layer, Node node, Canary host) throws Exception {
        String reference = push(node, layer.attack, host);
        Failure failure = Failure.of(() -> node.pull(reference));
        if (node.runtime().name().equals("windlass")) {
            assertThat(failure.code()).as(failure.message()).isIn(Code.INVALID_ARGUMENT, Code.RESOURCE_EXHAUSTED);
        }
        assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
    }

    /** Two gibibytes of zeros after the end of the archive, as two megabytes of gzip. */
    @Test
    @DiffersOn(value = "containerd", why = "unpacks all of it, and finds another diff ID then")
    void bombIsDefused(Node node) throws Exception {
        node.registry().push("bomb", "1", TestImages.busybox().plus(TestImages.bomb()));
        Failure failure = Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> node.pull(node.registry().reference("bomb:1")));
        assertThat(failure.message()).contains("compressed size");
    }

    private static String push(Node node, Attack attack, Canary host) throws Exception {
        String name = "tar-attack-" + node.next();
        node.registry().push(name, "1", TestImages.busybox().plus(Layer.gzip(attack.add(new TarLayer(), host))));
        return node.registry().reference(name + ":1");
    }
}
