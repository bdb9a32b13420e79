package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EnvironmentProxiesTest {
    private static final URI REGISTRY = URI.create("https://registry.example/v2/");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                    | https://registry.example | true
            10.0.0.0/8           | https://10.1.2.3         | true
            10.0.0.0/8           | https://11.1.2.3         | false
            192.168.5.128/25     | https://192.168.5.127    | false
            192.168.5.128/25     | https://192.168.5.130    | true
            0.0.0.0/0            | https://192.0.2.1        | true
            0.0.0.0/0            | https://[2001:db8::1]    | false
            10.0.0.0/33          | https://10.0.0.0         | false
            2001:db8::/32        | https://[2001:db8::1]    | true
            2001:db8::1          | https://[2001:db8:0::1]  | true
            [2001:db8::1]:443    | https://[2001:db8::1]    | true
            [2001:db8::1]:444    | https://[2001:db8::1]    | false
            10.1.2.3             | https://10.1.2.3:5000    | true
            10.1.2.3:5000        | https://10.1.2.3:5000    | true
            10.1.2.3:5000        | https://10.1.2.3         | false
            10.1.2.3:80          | http://10.1.2.3          | true
            example.com          | https://example.com      | true
            example.com          | https://a.b.example.com  | true
            example.com          | https://badexample.com   | false
            EXAMPLE.com:443      | https://a.Example.COM    | true
            example.com:443      | https://example.com:5000 | false
            .example.com         | https://a.example.com    | true
            .example.com         | https://example.com      | false
            *.example.com        | https://a.example.com    | true
            *.example.com:5000   | https://a.example.com    | false
            a.test, ,b.test:, :1 | https://b.test           | true
            a.test               | https://b.test           | false
            0.0.1                | https://10.0.0.1         | false
            ''                   | https://registry.example | false
            ''                   | https://localhost:5000   | true
            ''                   | https://127.1.2.3        | true
            ''                   | https://[::1]:5000       | true
            """)
    void hostsWithoutAProxyAreThoseOfGo(String excluded, URI uri, boolean direct) {
        EnvironmentProxies proxies = new EnvironmentProxies(
                Map.of("HTTP_PROXY", "192.0.2.7:3128", "HTTPS_PROXY", "http://192.0.2.7:3128", "NO_PROXY", excluded));
        Proxy proxy = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("192.0.2.7", 3128));
        assertThat(proxies.select(uri)).containsExactly(direct ? Proxy.NO_PROXY : proxy);
    }

    @Test
    void anEmptyVariableLeavesTheOneInLowerCase() {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of("HTTPS_PROXY", "", "https_proxy", "192.0.2.7"));
        assertThat(proxies.select(REGISTRY)).containsExactly(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("192.0.2.7", 80)));
    }

    @ParameterizedTest
    @CsvSource({"http://user:p%40w@192.0.2.7:3128,Basic dXNlcjpwQHc=", "user@192.0.2.7,Basic dXNlcjo=", "http://192.0.2.7,"})
    void theUserOfAProxyIsTold(String proxy, @Nullable String authorization) throws ImageException {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of("HTTPS_PROXY", proxy, "NO_PROXY", "10.0.0.0/8"));
        assertThat(proxies.authorization(REGISTRY)).isEqualTo(authorization);
        assertThat(proxies.authorization(URI.create("https://10.0.0.1/"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://user:w0rd@192.0.2.7", "socks5://user:w0rd@192.0.2.7", "http://user:^w0rd@192.0.2.7", "http://"})
    void aProxyThatCannotBeUsedIsRefusedWithoutItsPassword(String proxy) {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of("HTTPS_PROXY", proxy));
        assertThatThrownBy(() -> proxies.authorization(REGISTRY))
                .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                .hasMessageContaining("HTTPS_PROXY").extracting(Throwables::getStackTrace).asString().doesNotContain("w0rd");
        assertThatThrownBy(() -> proxies.select(REGISTRY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProxySeesItsUser() throws Exception {
        try (HostileRegistry proxy = new HostileRegistry(exchange -> {
            boolean known = "Basic dXNlcjpwQHc=".equals(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"x\"");
            HostileRegistry.send(exchange, known ? 200 : 407, "{}".getBytes(StandardCharsets.UTF_8));
        })) {
            assertThat(ask("http://user:p%40w@" + proxy.host())).isEqualTo(200);
            assertThat(proxy.requests()).containsExactly("GET http://registry.example/v2/");
            assertThatThrownBy(() -> ask("http://user:other@" + proxy.host())).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION)).hasMessageContaining("the proxy wants");
        }
    }

    private static int ask(String proxy) throws IOException {
        RegistryHost host = new RegistryHost(URI.create("http://registry.example/v2"), true, true, true, Tls.DEFAULT, Map.of(),
                RegistryHost.DIAL_TIMEOUT);
        try (Transport transport = new Transport(new EnvironmentProxies(Map.of("http_proxy", proxy)), Duration.ofSeconds(5));
                Answer answer = transport.send(host, "GET", URI.create("http://registry.example/v2/"), Map.of())) {
            return answer.status();
        }
    }
}
