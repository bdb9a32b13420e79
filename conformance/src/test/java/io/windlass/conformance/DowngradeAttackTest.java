package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.SelfSigned;
import io.windlass.cri.v1.AuthConfig;
import io.windlass.cri.v1.PullImageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A registry of TLS that would have the rest said in plain text: on its own host, so that nothing but the scheme speaks against it. */
@UnderAttack
@DiffersOn(value = "containerd", why = "1.6 does not take a hosts.toml without a [host] table")
class DowngradeAttackTest {
    private static final String PASSWORD = "open-sesame";
    private static final String BASIC = Base64.getEncoder().encodeToString(("puller:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    private static final String TAG = "/v2/image/manifests/1";

    @SuppressWarnings("NullAway.Init")
    private HostileServer registry;
    @SuppressWarnings("NullAway.Init")
    private HostileServer plain;

    @BeforeEach
    void open(Node node) throws Exception {
        SelfSigned identity = SelfSigned.make(node.scratch());
        registry = HostileServer.startTls(identity);
        plain = HostileServer.start("127.0.0.1");
        node.scratch().write("certs.d/" + registry.host() + "/hosts.toml",
                "server = \"https://%s\"\nca = \"%s\"\n".formatted(registry.host(), identity.certificate()));
    }

    @AfterEach
    void close() {
        registry.close();
        plain.close();
    }

    private void pullIsRefused(Node node) {
        AuthConfig auth = AuthConfig.newBuilder().setUsername("puller").setPassword(PASSWORD).build();
        Failure failure = Failure.of(node, Code.FAILED_PRECONDITION, () -> node.cri().images().pullImage(
                PullImageRequest.newBuilder().setImage(ImageTest.spec(registry.host() + "/image:1")).setAuth(auth).build()));
        assertThat(failure.message()).doesNotContain(PASSWORD, BASIC);
    }

    private static List<String> withCredentials(HostileServer server) {
        return server.requests().stream().filter(request -> request.contains(BASIC) || request.contains(PASSWORD)).toList();
    }

    @Test
    void tokenServerIsAskedByTlsOnly(Node node) {
        registry.challenging(TAG, "Bearer realm=\"http://" + plain.host() + "/token\",service=\"x\"",
                exchange -> HostileServer.send(exchange, 404, new byte[0]));
        plain.document("/token", "application/json", "{\"token\":\"for-anybody\"}".getBytes(StandardCharsets.UTF_8));
        pullIsRefused(node);
        assertThat(registry.requests()).isNotEmpty();
        assertThat(withCredentials(registry)).isEmpty();
        assertThat(plain.requests()).isEmpty();
    }

    @Test
    void redirectLeadsToTlsOnly(Node node) {
        registry.challenging(TAG, "Basic realm=\"x\"", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://" + plain.host() + TAG);
            HostileServer.send(exchange, 307, new byte[0]);
        });
        plain.challenging(TAG, "Basic realm=\"x\"", exchange -> HostileServer.send(exchange, 404, new byte[0]));
        pullIsRefused(node);
        assertThat(withCredentials(registry)).isNotEmpty();
        assertThat(plain.requests()).isEmpty();
    }
}
