package io.windlass.snapshotter.registry;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.process.DescriptorLimit;
import io.windlass.snapshotter.content.BlobSource;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

class RepositoryTest {
    private static final byte[] BLOB = new byte[300_000];
    private static final Descriptor DESCRIPTOR;

    static {
        new Random(5).nextBytes(BLOB);
        DESCRIPTOR = new Descriptor("", Digest.sha256(BLOB), BLOB.length, null);
    }

    @TempDir
    Path certs;
    private @Nullable RegistryClient client;

    @AfterEach
    void closeClient() {
        if (client != null) {
            client.close();
        }
    }

    private Repository repository(String host, @Nullable Credentials credentials) throws ImageException {
        client = new RegistryClient(certs, Duration.ofMillis(500));
        return client.repository(Reference.parse(host + "/app:v1"), credentials);
    }

    private static byte[] fetch(Repository repository) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.blob(DESCRIPTOR).writeTo(0, bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.write(copy);
        });
        return out.toByteArray();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hosts(String registry, String toml) throws IOException {
        Files.writeString(Files.createDirectories(certs.resolve(registry)).resolve("hosts.toml"), toml);
    }

    @ParameterizedTest
    @CsvSource({"401,UNAUTHENTICATED", "403,PERMISSION_DENIED", "404,NOT_FOUND", "429,UNAVAILABLE", "500,UNAVAILABLE", "503,UNAVAILABLE"})
    void statusesBecomeKinds(int status, Kind kind) throws Exception {
        try (HostileRegistry registry = new HostileRegistry(exchange -> HostileRegistry.send(exchange, status, new byte[0]))) {
            Repository repository = repository(registry.host(), null);
            assertThatThrownBy(repository::resolve).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                    .hasMessageContaining("HTTP " + status);
        }
    }

    @Test
    void anUnreachableRegistryIsUnavailable() throws Exception {
        assertThatThrownBy(repository("127.0.0.1:1", null)::resolve).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE)).hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aBlobIsResumedWhereItWasCut() throws Exception {
        int[] served = {0};
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
            if (range != null) {
                exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (BLOB.length - 1) + "/" + BLOB.length);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, BLOB.length - from);
            int count = served[0]++ < 2 ? 100_000 : BLOB.length - from;
            exchange.getResponseBody().write(BLOB, from, count);
            exchange.getResponseBody().flush();
        })) {
            assertThat(fetch(repository(registry.host(), null))).isEqualTo(BLOB);
            assertThat(registry.requests()).hasSize(3);
        }
    }

    @Test
    void aStalledBodyIsCut() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            exchange.sendResponseHeaders(200, BLOB.length);
            exchange.getResponseBody().flush();
            await(done);
        })) {
            Repository repository = repository(registry.host(), null);
            assertThatThrownBy(() -> fetch(repository))
                    .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContaining("sent nothing");
            done.countDown();
        }
    }

    @Test
    void aWrongLengthIsDataLoss() throws Exception {
        try (HostileRegistry registry = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, new byte[10]))) {
            Repository repository = repository(registry.host(), null);
            assertThatThrownBy(() -> fetch(repository)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS));
            assertThatThrownBy(() -> repository.manifest(DESCRIPTOR)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS));
        }
    }

    @Test
    void moreThanTheBlobHasIsDataLoss() throws Exception {
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(BLOB);
            exchange.getResponseBody().write(1);
        })) {
            Repository repository = repository(registry.host(), null);
            assertThatThrownBy(() -> fetch(repository)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS)).hasMessageContaining(registry.host());
        }
    }

    @Test
    void aFailureOfThisNodeIsNoHosts() throws Exception {
        try (HostileRegistry first = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, BLOB));
                HostileRegistry second = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 404, new byte[0]))) {
            hosts("example.com", "server = \"http://%s\"\n[host.\"http://%s\"]\n".formatted(second.host(), first.host()));
            BlobSource source = repository("example.com", null).blob(DESCRIPTOR);
            for (IOException failure : List.of(new ImageException(Kind.RESOURCE_EXHAUSTED, "the disk is full"), new IOException("EIO"))) {
                assertThatThrownBy(() -> source.writeTo(0, bytes -> {
                    throw failure;
                })).isSameAs(failure);
            }
            assertThat(first.requests()).hasSize(2);
            assertThat(second.requests()).isEmpty();
        }
    }

    /** A directory in the place of the certificates cannot be read, as any other file when there are no descriptors. */
    @Test
    void aShortageOfThisNodeIsNoHosts() throws Exception {
        assertThat(Shortage.isBehind(new ErrnoException("loaded while files can be opened", Errno.EMFILE))).isTrue();
        try (HostileRegistry first = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, BLOB));
                HostileRegistry second = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 404, new byte[0]))) {
            hosts("example.com", "server = \"http://%s\"\n[host.\"http://%s\"]\nca = \"ca.crt\"\n".formatted(second.host(), first.host()));
            Path authorities = Files.createDirectory(certs.resolve("example.com/ca.crt"));
            Repository other = repository("example.com", null);
            assertThatThrownBy(() -> fetch(other)).hasMessageContaining(first.host()).hasMessageContaining("HTTP 404");
            assertThat(second.requests()).hasSize(1);

            Files.delete(authorities);
            Files.writeString(authorities, "# none but the system's\n");
            Repository repository = Objects.requireNonNull(client).repository(Reference.parse("example.com/app:v1"), null);
            Throwable failure;
            try (DescriptorLimit limit = new DescriptorLimit()) {
                limit.leave(0);
                failure = catchThrowable(() -> fetch(repository));
            }
            assertThat(failure).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED))
                    .hasMessageContaining(first.host());
            assertThat(second.requests()).hasSize(1);
        }
    }

    @Test
    void aChallengeThatCannotBeAnsweredLeavesNoConnection() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"ftp://tokens.example\"");
            exchange.sendResponseHeaders(401, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(BLOB);
                }
            } catch (IOException e) {
                cut.countDown();
                throw e;
            }
        })) {
            Repository repository = repository(registry.host(), null);
            assertThatThrownBy(() -> fetch(repository)).hasMessageContaining("token server");
            assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aBodyThatIsClosedBeforeItBeginsIsNotRead() {
        List<String> calls = new ArrayList<>();
        Body body = new Body(Duration.ofSeconds(1));
        body.close();
        body.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                calls.add("request");
            }

            @Override
            public void cancel() {
                calls.add("cancel");
            }
        });
        assertThat(calls).containsExactly("cancel");
    }

    @Test
    void renewedCertificatesCountAtOnceAndAFetchUnderWayGoesOn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch renewed = new CountDownLatch(1);
        AtomicBoolean held = new AtomicBoolean();
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            boolean hold = !held.getAndSet(true);
            exchange.sendResponseHeaders(200, BLOB.length);
            exchange.getResponseBody().write(BLOB, 0, 1);
            exchange.getResponseBody().flush();
            begun.countDown();
            if (hold) {
                await(renewed);
            }
            exchange.getResponseBody().write(BLOB, 1, BLOB.length - 1);
        }); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            hosts("example.com", "server = \"http://%s\"\nca = \"ca.crt\"\n".formatted(registry.host()));
            Path authorities = certs.resolve("example.com/ca.crt");
            Files.writeString(authorities, "# none but the system's\n");
            client = new RegistryClient(certs, Duration.ofSeconds(30));
            Repository repository = client.repository(Reference.parse("example.com/app:v1"), null);
            Future<byte[]> underWay = threads.submit(() -> fetch(repository));
            begun.await();
            Files.writeString(authorities, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            assertThatThrownBy(() -> fetch(repository)).hasMessageContaining("cannot use the certificates");
            Files.writeString(authorities, "# renewed\n");
            assertThat(fetch(repository)).isEqualTo(BLOB);
            renewed.countDown();
            assertThat(underWay.get()).isEqualTo(BLOB);
        }
    }

    @Test
    void aRegistryAmongItsOwnMirrorsSeesTheCredentials() throws Exception {
        Credentials credentials = Credentials.of("user", "secret", "", "", "", "").orElseThrow();
        try (HostileRegistry registry = new HostileRegistry(exchange -> {
            boolean shown = exchange.getRequestHeaders().containsKey("Authorization");
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
            HostileRegistry.send(exchange, shown ? 200 : 401, shown ? BLOB : new byte[0]);
        })) {
            hosts(registry.host(), "server = \"http://127.0.0.1:1\"\n[host.\"http://%s\"]\n".formatted(registry.host()));
            assertThat(fetch(repository(registry.host(), credentials))).isEqualTo(BLOB);
        }
    }

    @Test
    void credentialsAreStrippedWhenRedirectedAndLoopsEnd() throws Exception {
        Credentials credentials = Credentials.of("user", "secret", "", "", "", "").orElseThrow();
        try (HostileRegistry storage = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, BLOB));
                HostileRegistry registry = new HostileRegistry(exchange -> {
                    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                        HostileRegistry.send(exchange, 401, new byte[0]);
                    } else {
                        exchange.getResponseHeaders().set("Location", "http://" + storage.host() + "/blob");
                        HostileRegistry.send(exchange, 307, new byte[0]);
                    }
                });
                HostileRegistry loop = new HostileRegistry(exchange -> {
                    exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
                    HostileRegistry.send(exchange, 302, new byte[0]);
                })) {
            assertThat(fetch(repository(registry.host(), credentials))).isEqualTo(BLOB);
            assertThat(registry.requests().getLast()).contains("Basic dXNlcjpzZWNyZXQ=");
            assertThat(storage.requests()).containsExactly("GET /blob");
            closeClient();
            Repository looping = repository(loop.host(), null);
            assertThatThrownBy(() -> fetch(looping)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
        }
    }

    @Test
    void aTokenIsFetchedForTheRepositoryAndUsed() throws Exception {
        Credentials credentials = Credentials.of("", "", "dXNlcjpzZWNyZXQ=", "", "", "").orElseThrow();
        try (HostileRegistry tokens = new HostileRegistry(
                exchange -> HostileRegistry.send(exchange, 200, "{\"token\":\"abc\"}".getBytes(StandardCharsets.UTF_8)));
                HostileRegistry registry = new HostileRegistry(exchange -> {
                    if ("Bearer abc".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                        HostileRegistry.send(exchange, 200, BLOB);
                    } else {
                        exchange.getResponseHeaders().set("WWW-Authenticate",
                                "Bearer realm=\"http://" + tokens.host() + "/token\",service=\"s\"");
                        HostileRegistry.send(exchange, 401, new byte[0]);
                    }
                })) {
            assertThat(fetch(repository(registry.host(), credentials))).isEqualTo(BLOB);
            assertThat(tokens.requests()).containsExactly("GET /token?service=s&scope=repository%3Aapp%3Apull Basic dXNlcjpzZWNyZXQ=");
        }
    }

    @ParameterizedTest
    @CsvSource({"https://registry-1.docker.io/v2,https://auth.docker.io/token,true", "https://gitlab.com/v2,https://gitlab.com/jwt,true",
            "https://registry.example.com/v2,https://evil.com/token,false", "https://r.firm.co.uk/v2,https://evil.co.uk/t,false",
            "https://10.0.0.1/v2,https://10.0.0.2/t,false", "https://localhost/v2,https://other/t,false"})
    void aForeignRealmGetsNoCredentials(URI registry, URI realm, boolean belongs) {
        assertThat(Realms.belongs(registry, realm)).isEqualTo(belongs);
    }

    @Test
    void mirrorsAreTriedInOrderWithTheNamespaceAndWithoutCredentials() throws Exception {
        Credentials credentials = Credentials.of("user", "secret", "", "", "", "").orElseThrow();
        try (HostileRegistry first = new HostileRegistry(exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
            HostileRegistry.send(exchange, 401, new byte[0]);
        }); HostileRegistry second = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, BLOB))) {
            hosts("example.com", """
                    server = "https://127.0.0.1:1"
                    [host."http://127.0.0.1:1"]
                    [host."http://%s"]
                    [host."http://%s/prefix"]
                    capabilities = ["pull"]
                    """.formatted(first.host(), second.host()));
            assertThat(fetch(repository("example.com", credentials))).isEqualTo(BLOB);
            assertThat(first.requests()).containsExactly("GET /v2/app/blobs/" + DESCRIPTOR.digest() + "?ns=example.com");
            assertThat(second.requests()).containsExactly("GET /prefix/v2/app/blobs/" + DESCRIPTOR.digest() + "?ns=example.com");
            Repository again = repository("example.com", null);
            assertThatThrownBy(again::resolve).hasMessageContaining("127.0.0.1:1").hasMessageContaining(first.host());
        }
    }

    @Test
    void aMirrorThatNobodyAnswersForIsAskedLastByThePullsOfTheNextMinute() throws Exception {
        AtomicLong clock = new AtomicLong();
        try (FullBacklog mirror = new FullBacklog(); HostileRegistry origin = new HostileRegistry(exchange -> {
            boolean known = exchange.getRequestURI().getPath().startsWith("/v2/app/");
            HostileRegistry.send(exchange, known ? 200 : 404, known ? BLOB : new byte[0]);
        })) {
            hosts("example.com",
                    "server = \"http://%s\"\n[host.\"http://%s\"]\ndial_timeout = \"300ms\"\n".formatted(origin.host(), mirror.host()));
            client = new RegistryClient(certs, Duration.ofSeconds(30), clock::get);
            Reference image = Reference.parse("example.com/app:v1");
            assertThat(fetch(client.repository(image, null))).isEqualTo(BLOB);
            Repository absent = client.repository(Reference.parse("example.com/absent:v1"), null);
            assertThatThrownBy(() -> fetch(absent)).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND)).hasMessageContainingAll(origin.host(), mirror.host());
            mirror.serve(BLOB);
            assertThat(fetch(client.repository(image, null))).isEqualTo(BLOB);
            assertThat(mirror.requests()).as("of what the origin has").isZero();
            assertThat(origin.requests()).hasSize(3);
            clock.set(Duration.ofSeconds(60).toNanos());
            assertThat(fetch(client.repository(image, null))).isEqualTo(BLOB);
            assertThat(mirror.requests()).isEqualTo(1);
            assertThat(origin.requests()).hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"401,UNAUTHENTICATED", "404,NOT_FOUND"})
    void aMirrorThatWasDownIsAskedForWhatTheOriginDoesNotGive(int status, Kind kind) throws Exception {
        try (FullBacklog mirror = new FullBacklog();
                HostileRegistry origin = new HostileRegistry(exchange -> HostileRegistry.send(exchange, status, new byte[0]))) {
            hosts("example.com",
                    "server = \"http://%s\"\n[host.\"http://%s\"]\ndial_timeout = \"300ms\"\n".formatted(origin.host(), mirror.host()));
            client = new RegistryClient(certs, Duration.ofSeconds(30), () -> 0);
            Repository first = client.repository(Reference.parse("example.com/app:v1"), null);
            assertThatThrownBy(() -> fetch(first)).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
            mirror.serve(BLOB);
            assertThat(fetch(client.repository(Reference.parse("example.com/app:v1"), null))).isEqualTo(BLOB);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void aMirrorWhoseAnswerStallsOnceKeepsItsPlace() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean held = new AtomicBoolean();
        try (HostileRegistry mirror = new HostileRegistry(exchange -> {
            if (!held.getAndSet(true)) {
                await(done);
            }
            HostileRegistry.send(exchange, 200, BLOB);
        }); HostileRegistry origin = new HostileRegistry(exchange -> HostileRegistry.send(exchange, 200, BLOB))) {
            hosts("example.com", "server = \"http://%s\"\n[host.\"http://%s\"]\n".formatted(origin.host(), mirror.host()));
            client = new RegistryClient(certs, Duration.ofSeconds(2), () -> 0);
            for (int pull = 1; pull <= 2; pull++) {
                assertThat(fetch(client.repository(Reference.parse("example.com/app:v1"), null))).isEqualTo(BLOB);
                assertThat(origin.requests()).as("after pull %s", pull).hasSize(1);
            }
            done.countDown();
        }
    }

    @Test
    void aMirrorThatWasDownIsAskedWhereNoOtherCanBeReached() throws Exception {
        try (FullBacklog mirror = new FullBacklog()) {
            hosts("example.com",
                    "server = \"http://127.0.0.1:1\"\n[host.\"http://%s\"]\ndial_timeout = \"300ms\"\n".formatted(mirror.host()));
            client = new RegistryClient(certs, Duration.ofSeconds(30), () -> 0);
            Repository first = client.repository(Reference.parse("example.com/app:v1"), null);
            assertThatThrownBy(() -> fetch(first)).hasMessageContaining(mirror.host()).hasMessageContaining("127.0.0.1:1");
            mirror.serve(BLOB);
            for (int pull = 1; pull <= 2; pull++) {
                assertThat(fetch(client.repository(Reference.parse("example.com/app:v1"), null))).isEqualTo(BLOB);
                assertThat(mirror.requests()).isEqualTo(pull);
            }
        }
    }

    @Test
    void hostsOfAFileKeepTheirOrder() throws Exception {
        StringBuilder toml = new StringBuilder("server = \"registry.example\"\n");
        for (String name : List.of("z", "a", "m", "b", "y")) {
            toml.append("[host.\"https://").append(name).append(".example\"]\n  [host.\"https://").append(name)
                    .append(".example\".header]\n    x-k = \"v\"\n");
        }
        assertThat(new HostsToml(certs, "example.com").parse(toml.toString()).stream().map(RegistryHost::authority)).containsExactly(
                "z.example", "a.example",
                "m.example", "b.example", "y.example", "registry.example");
    }

    @Test
    void aHeaderThatCannotBeSentIsNotShown() throws Exception {
        String toml = "[host.\"https://a.example\".header]\nauthorization = \"Bearer pa55\\nw0rd\"\n";
        assertThatThrownBy(() -> new HostsToml(certs, "example.com").parse(toml))
                .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                .hasMessageContaining("authorization").extracting(Throwables::getStackTrace).asString().doesNotContain("w0rd");
        RegistryHost host = new RegistryHost(URI.create("https://a.example/v2"), true, true, true, Tls.DEFAULT,
                Map.of("authorization", List.of("Bearer pa55\nw0rd")), RegistryHost.DIAL_TIMEOUT);
        try (Transport transport = new Transport(new EnvironmentProxies(Map.of()), Duration.ofSeconds(1))) {
            Repository repository = new Repository(transport, List.of(host), new DownHosts(System::nanoTime),
                    Reference.parse("a.example/app:v1"), null);
            assertThatThrownBy(repository::resolve)
                    .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
                    .extracting(Throwables::getStackTrace).asString().doesNotContain("w0rd");
        }
    }

    @ParameterizedTest
    @CsvSource({"docker.io,https://registry-1.docker.io/v2", "localhost:5000,http://localhost:5000/v2",
            "127.0.0.1:443,https://127.0.0.1:443/v2",
            "localhost,https://localhost/v2", "127.evil.example:80,https://127.evil.example:80/v2", "quay.io,https://quay.io/v2"})
    void plainHttpIsForTheLoopbackOnly(String registry, URI base) throws ImageException {
        assertThat(new RegistryHosts(null).of(registry).getFirst().base()).isEqualTo(base);
    }
}
