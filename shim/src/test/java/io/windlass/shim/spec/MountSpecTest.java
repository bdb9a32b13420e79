package io.windlass.shim.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MountSpecTest {
    private static MountSpec.Image image(String destination, String subPath) {
        return new MountSpec.Image(destination, Path.of("/images"), List.of("1"), subPath, Set.of());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"/proc,/proc", "/proc/,/proc", "//proc,/proc", "/proc/.,/proc", "/./proc//,/proc", "/tmp/../proc,/proc",
            "/../../proc,/proc", "/proc/sys/..,/proc", "/a/./b//c/,/a/b/c", "/,/", "//,/", "/.,/", "/..,/", "/a/..,/",
            "/.../..a/b..,/.../..a/b..",
            "/données/,/données"})
    void destinationIsTheSameHoweverItIsWritten(String written, String destination) {
        assertThat(List.of(MountSpec.Bind.of(written, Path.of("/data"), true), image(written, ""),
                new MountSpec.Filesystem(written, "tmpfs", Set.of(), ""))).extracting(MountSpec::destination).containsOnly(destination);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "proc", "./proc", "../proc", "/a\0b"})
    void destinationIsAbsoluteAndACString(String destination) {
        assertThatThrownBy(() -> MountSpec.Bind.of(destination, Path.of("/data"), true)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mount destination");
    }

    /** Its ".." is resolved in the image, after the links on the way. */
    @Test
    void subPathStaysAsItIs() {
        assertThat(image("/data", "link/../x/").subPath()).isEqualTo("link/../x/");
    }
}
