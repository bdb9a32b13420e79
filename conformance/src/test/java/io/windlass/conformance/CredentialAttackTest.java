package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.cri.v1.AuthConfig;
import io.windlass.cri.v1.PullImageRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers that want the credentials of a pull for themselves. After CVE-2020-15157 and 2019-10214. */
@UnderAttack
class CredentialAttackTest extends HostileServers {
    private static final String NAME = "puller";
    private static final String PASSWORD = "open-sesame";
    private static final String BASIC = Base64.getEncoder().encodeToString((NAME + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    private static final String TAG = "/v2/image/manifests/1";

    private Failure pull(Node node) {
        return Failure.of(() -> node.cri().images().pullImage(request()));
    }

    private PullImageRequest request() {
        AuthConfig auth = AuthConfig.newBuilder().setUsername(NAME).setPassword(PASSWORD).build();
        return PullImageRequest.newBuilder().setImage(ImageTest.spec(registry.host() + "/image:1")).setAuth(auth).build();
    }

    private static void assertKeepsQuiet(Stream<String> requests) {
        assertThat(requests).noneMatch(request -> request.contains(BASIC) || request.contains(PASSWORD));
    }

    @Test
    @DiffersOn(value = "containerd", why = "shows the credentials to any token server")
    void foreignTokenServerIsShownNone(Node node) {
        registry.challenging(TAG, "Bearer realm=\"http://" + foreign.host() + "/token\",service=\"x\"",
                exchange -> HostileServer.send(exchange, 404, new byte[0]));
        foreign.document("/token", "application/json", "{\"token\":\"for-nobody\"}".getBytes(StandardCharsets.UTF_8));
        pull(node);
        assertThat(foreign.requests()).isNotEmpty();
        assertKeepsQuiet(Stream.concat(foreign.requests().stream(), registry.requests().stream()));
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 shows them to any host that a redirect leads to, if it asks")
    void redirectToAnotherHostLeavesThemBehind(Node node) {
        registry.challenging(TAG, "Basic realm=\"x\"", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://" + foreign.host() + "/elsewhere");
            HostileServer.send(exchange, 307, new byte[0]);
        });
        foreign.challenging("/elsewhere", "Basic realm=\"x\"", exchange -> HostileServer.send(exchange, 404, new byte[0]));
        pull(node);
        assertThat(registry.requests()).anyMatch(request -> request.contains(BASIC));
        assertThat(foreign.requests()).isNotEmpty();
        assertKeepsQuiet(foreign.requests().stream());
    }

    /** A header that hosts.toml names is for that host, as credentials are: CVE-2019-10214 is of their kind. */
    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not take a hosts.toml without a [host] table")
    void headersOfTheConfigurationAreForTheirHostOnly(Node node) throws Exception {
        node.scratch().write("certs.d/" + registry.host() + "/hosts.toml",
                "server = \"http://%s\"\n[header]\nx-access = \"%s\"\n".formatted(registry.host(), PASSWORD));
        registry.challenging(TAG, "Bearer realm=\"http://" + foreign.host() + "/token\",service=\"x\"", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://" + foreign.host() + "/elsewhere");
            HostileServer.send(exchange, 307, new byte[0]);
        });
        foreign.document("/token", "application/json", "{\"token\":\"for-nobody\"}".getBytes(StandardCharsets.UTF_8));
        pull(node);
        assertThat(registry.requests()).anyMatch(request -> request.contains(PASSWORD));
        assertThat(foreign.requests()).anyMatch(request -> request.contains("/token")).anyMatch(request -> request.contains("/elsewhere"));
        assertKeepsQuiet(foreign.requests().stream());
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.2/token", "http://127.0.0.1@127.0.0.2/token", "//127.0.0.2/token", "token",
            "",
            "jar:file:/tmp/x!/y", "http://127.0.0.2:0x50/token"})
    void tokenServerIsOfTheWeb(String realm, Node node) {
        registry.challenging(TAG, "Bearer realm=\"" + realm + "\",service=\"x\"",
                exchange -> HostileServer.send(exchange, 404, new byte[0]));
        Failure failure = pull(node);
        if (node.runtime().name().equals("windlass")) {
            assertThat(failure.code()).as(failure.message()).isEqualTo(Code.FAILED_PRECONDITION);
        }
        assertThat(failure.message()).doesNotContain("root:", PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.2/x", "gopher://127.0.0.2/x", "jar:file:/tmp/x!/y", "http:///x",
            "http://[/x", ""})
    void redirectStaysOnTheWeb(String location, Node node) {
        registry.redirect(TAG, location);
        Failure failure = pull(node);
        if (node.runtime().name().equals("windlass")) {
            assertThat(failure.code()).as(failure.message()).isEqualTo(Code.FAILED_PRECONDITION);
        }
        assertThat(failure.message()).doesNotContain("root:", PASSWORD);
    }

    @Test
    void redirectsInACircleEnd(Node node) {
        registry.redirect(TAG, "/v2/image/manifests/2");
        registry.redirect("/v2/image/manifests/2", TAG);
        pull(node);
        assertThat(registry.requests()).hasSizeLessThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\r\\nX-Injected: yes", "a\\nX-Injected: yes", "a\\u0000b", "a b", ""})
    void tokenIsNoSecondHeader(String token, Node node) {
        registry.challenging(TAG, "Bearer realm=\"http://" + registry.host() + "/token\",service=\"x\"",
                exchange -> HostileServer.send(exchange, 404, new byte[0]));
        registry.document("/token", "application/json", ("{\"token\":\"" + token + "\"}").getBytes(StandardCharsets.UTF_8));
        pull(node);
        assertThat(registry.requests()).noneMatch(request -> request.toLowerCase(Locale.ROOT).contains("injected"));
    }

    /** What a registry says may come to a terminal or a log: it is one line of plain text, and not too long. */
    @Test
    void wordsOfARegistryAreText(Node node) {
        List<String> words = List.of("\\u001b[2J\\u001b]0;owned\\u0007", "line\\nlevel=info msg=forged", "\\u009b31m", "\\u202egnp.exe",
                "x".repeat(10_000));
        for (String word : words) {
            registry.on(TAG, exchange -> HostileServer.send(exchange, 403,
                    ("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + word + "\"}]}").getBytes(StandardCharsets.UTF_8)));
            String message = pull(node).message();
            assertThat(message).hasSizeLessThan(2000);
            assertThat(message.chars()).noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
        }
    }

    @Test
    void theyAreInNoLogAndNoRecord(Node node) throws Exception {
        registry.challenging(TAG, "Basic realm=\"x\"", exchange -> HostileServer.send(exchange, 500, new byte[0]));
        assertThat(pull(node).message()).doesNotContain(PASSWORD, BASIC);

        TestImage image = ImageTest.marked("for the puller");
        byte[] manifest = image.manifest(image.configBlob());
        String name = registry.manifest("image", TestImage.MANIFEST, new String(manifest, StandardCharsets.UTF_8));
        registry.blob("image", "", image.configBlob(), 0);
        image.layers().forEach(layer -> registry.blob("image", "", layer.blob(), 0));
        registry.challenging(TAG, "Basic realm=\"x\"", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", TestImage.MANIFEST);
            HostileServer.send(exchange, 200, manifest);
        });
        try (Pulled pulled = new Pulled(node, name, node.cri().images().pullImage(request()).getImageRef())) {
            assertThat(pulled.reference()).isNotEmpty();
            assertThat(registry.requests()).anyMatch(sent -> sent.contains(BASIC));
            String root = node.scratch().resolve("root").toString();
            String state = node.scratch().resolve("state").toString();
            assertThat(Command.run("grep", "-rlsF", "-D", "skip", "-e", PASSWORD, "-e", BASIC, root, state).output()).isEmpty();
        }
        assertThat(node.runtime().log()).doesNotContain(PASSWORD, BASIC);
    }

    /** The daemon leaves none of its memory on a disk when it crashes; containers may leave theirs as whoever started the daemon may. */
    @Test
    @DiffersOn(value = "containerd", why = "dumps core as far as it is allowed to")
    @DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "how somebody else started a runtime is not known")
    void theyAreInNoCoreDump(Node node) throws Exception {
        Path daemon = Path.of("/proc/" + node.runtime().pid().orElseThrow());
        assertThat(coreLimit(Files.readString(daemon.resolve("limits")))).startsWith("0 ");
        assertThat(Files.readString(daemon.resolve("cmdline")).split("\0")).contains("-XX:-CreateCoredumpOnCrash",
                "-XX:+ErrorFileToStderr");
        try (Pod pod = Pod.run(node)) {
            String ours = coreLimit(Files.readString(Path.of("/proc/self/limits")));
            assertThat(coreLimit(pod.script("sleep 1000").sh("cat /proc/1/limits"))).isEqualTo(ours);
        }
    }

    private static String coreLimit(String limits) {
        String name = "Max core file size";
        return limits.lines().filter(line -> line.startsWith(name)).findFirst().orElseThrow().substring(name.length()).strip();
    }
}
