package io.windlass.cri.container;

import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.MountPropagation;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BindMountsTest {
    @TempDir
    private Path host;

    static Stream<Arguments> bad() {
        return Stream.of(Arguments.of("mount target \"data\" is not an absolute path", mount("data", "/x")),
                Arguments.of("source \"x\" is not an absolute path", mount("/data", "x")),
                Arguments.of("recursive_read_only needs readonly", mount("/data", "/x").setRecursiveReadOnly(true)),
                Arguments.of("recursive_read_only needs private propagation", mount("/data", "/x").setRecursiveReadOnly(true)
                        .setReadonly(true).setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)),
                Arguments.of("option \"suid\" is none of", mount("/data", "/x").addMountOptions("suid")),
                Arguments.of("exclude each other", mount("/data", "/x").addMountOptions("noatime").addMountOptions("strictatime")),
                Arguments.of("ImageVolumeMountFailed: mount /data: image is empty", image().setImage(ImageSpec.getDefaultInstance())),
                Arguments.of("ImageVolumeMountFailed: mount /data: an image and a host_path", image().setHostPath("/x")),
                Arguments.of("ImageVolumeMountFailed: mount /data: an image can only be", image().setReadonly(false)),
                Arguments.of("ImageVolumeMountFailed: mount /data: an image needs private",
                        image().setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)),
                Arguments.of("image_sub_path \"/etc\" must be relative", image().setImageSubPath("/etc")),
                Arguments.of("image_sub_path \"a/../../b\" must be relative", image().setImageSubPath("a/../../b")));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWhatCanNeverWork(String message, Mount.Builder mount) {
        assertThatThrownBy(() -> BindMounts.check(List.of(mount.build()))).hasMessageContaining(message);
    }

    @Test
    void makesAMissingSourceAsADirectory() throws IOException {
        var source = host.resolve("a/b");
        var resolved = resolve(mount("/data", source.toString()));
        assertThat(resolved.source()).isEqualTo(source.toRealPath());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(source))).isEqualTo("rwxr-xr-x");
    }

    @Test
    void followsLinksInTheSource() throws IOException {
        var real = Files.createDirectory(host.resolve("real"));
        Files.createSymbolicLink(host.resolve("link"), real);
        assertThat(resolve(mount("/data", host.resolve("link").toString())).source()).isEqualTo(real.toRealPath());
    }

    @Test
    void keepsReadonly() throws IOException {
        var bind = resolve(mount("/data", host.toString()).setReadonly(true).setRecursiveReadOnly(true));
        assertThat(bind.flags()).containsExactly(MountFlag.READONLY);
        assertThat(bind.recursiveReadonly()).isTrue();
    }

    @Test
    void takesOptions() throws IOException {
        var bind = resolve(mount("/data", host.toString()).addMountOptions("noexec").addMountOptions("nosuid").setReadonly(true));
        assertThat(bind.flags()).containsExactlyInAnyOrder(MountFlag.READONLY, MountFlag.NOEXEC, MountFlag.NOSUID);
    }

    @Test
    void mountsWhatIsNearerToTheRootFirst() throws IOException {
        var mounts = new ArrayList<>(
                BindMounts.resolve(Stream.of("/a/b/c", "/a", "/x/../b", "/a/b").map(to -> mount(to, host.toString()).build()).toList()));
        BindMounts.sort(mounts);
        assertThat(mounts).extracting(MountSpec::destination).containsExactly("/a", "/b", "/a/b", "/a/b/c");
    }

    @Test
    void takesAnOrdinaryMount() {
        assertThatCode(() -> BindMounts.check(List.of(mount("/data", "/x").build()))).doesNotThrowAnyException();
    }

    private static MountSpec.Bind resolve(Mount.Builder mount) throws IOException {
        return (MountSpec.Bind) BindMounts.resolve(List.of(mount.build())).getFirst();
    }

    private static Mount.Builder image() {
        return mount("/data", "").setImage(ImageSpec.newBuilder().setImage("i")).setReadonly(true);
    }

    private static Mount.Builder mount(String containerPath, String hostPath) {
        return Mount.newBuilder().setContainerPath(containerPath).setHostPath(hostPath);
    }
}
