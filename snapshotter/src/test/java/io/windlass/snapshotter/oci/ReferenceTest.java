package io.windlass.snapshotter.oci;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReferenceTest {
    private static final String HEX = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
            "busybox, docker.io/library/busybox:latest",
            "busybox:1.36, docker.io/library/busybox:1.36",
            "user/app, docker.io/user/app:latest",
            "index.docker.io/busybox, docker.io/library/busybox:latest",
            "localhost/app, localhost/app:latest",
            "127.0.0.1:5000/a/b:v1, 127.0.0.1:5000/a/b:v1",
            "registry.k8s.io/pause:3.10, registry.k8s.io/pause:3.10",
            "my-host.example:443/x__y/z--1:T.a-g_, my-host.example:443/x__y/z--1:T.a-g_",
            "'[::1]:5000/app', '[::1]:5000/app:latest'",
            "busybox@sha256:" + HEX + ", docker.io/library/busybox@sha256:" + HEX,
            "busybox:1@sha256:" + HEX + ", docker.io/library/busybox:1@sha256:" + HEX})
    void readsNamesAsDockerDoes(String given, String normal) throws ImageException {
        assertThat(Reference.parse(given)).hasToString(normal);
        assertThat(Reference.parse(normal)).isEqualTo(Reference.parse(given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":tag", "Upper", "a//b", "a/../b", "a:", "a:.tag", "a@", "a@sha256:12", "a@md5:" + HEX, "-a", "a-", "a___b",
            "host:port/app",
            "a b", "a\nb", "exa_mple.com/app", "a@sha256:" + HEX + "@sha256:" + HEX})
    void refusesWhatIsNoName(String given) {
        assertThatThrownBy(() -> Reference.parse(given)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.INVALID_ARGUMENT));
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 100_000})
    void refusesNamesThatAreTooLongInLinearTime(int length) {
        assertThatThrownBy(() -> Reference.parse("a".repeat(length))).hasMessageContaining("longer than 255");
    }
}
