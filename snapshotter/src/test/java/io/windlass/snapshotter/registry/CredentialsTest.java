package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.net.URI;
import java.util.Map;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CredentialsTest {

    @ParameterizedTest
    @CsvSource({"registry-1.docker.io,docker.io,'',true", "docker.io,docker.io,'',true", "harbor.local,harbor.local,'',true",
            "Harbor.local:5000,harbor.local:5000,'',true", "mirror.local,docker.io,'',false", "harbor.local:8443,harbor.local,'',false",
            "docker.io.mirror.local,docker.io,'',false", "mirror.local,docker.io,mirror.local,true",
            "registry-1.docker.io,docker.io,mirror.local,false", "registry-1.docker.io,docker.io,https://index.docker.io/v1/,true"})
    void hostsOfHostsTomlSeeTheirOwn(String host, String registry, String server, boolean shown) throws ImageException {
        Credentials credentials = Credentials.of("user", "secret", "", server, "", "").orElseThrow();
        assertThat(HostSession.mayShow(host(host, false), registry, credentials)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"'',true", "harbor.local,false"})
    void theServerOfHostsTomlStandsForTheRegistry(String server, boolean shown) throws ImageException {
        Credentials credentials = Credentials.of("user", "secret", "", server, "", "").orElseThrow();
        assertThat(HostSession.mayShow(host("other.local", true), "harbor.local", credentials)).isEqualTo(shown);
    }

    private static RegistryHost host(String authority, boolean origin) {
        return new RegistryHost(URI.create("https://" + authority + "/v2"), origin, true, true, Tls.DEFAULT, Map.of(),
                RegistryHost.DIAL_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pa55\nw0rd", "pa55w0rd\n", "pa55 w0rd", "pa55w0rdé"})
    void aMalformedTokenIsRefusedAndNotShown(String token) {
        assertThatThrownBy(() -> Credentials.of("", "", "", "", "", token))
                .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
                .extracting(Throwables::getStackTrace).asString().doesNotContain("w0rd");
    }
}
