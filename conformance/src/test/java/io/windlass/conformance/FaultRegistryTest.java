package io.windlass.conformance;

import com.sun.net.httpserver.HttpExchange;
import io.grpc.Status.Code;
import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;

/** A registry that goes wrong somewhere in a blob: the pull ends in time, and the next one works when the registry does, from where the last one was. */
@Faulty
class FaultRegistryTest {
    private static final int BLOB_BYTES = 1 << 20;
    /** The deadline for progress of a test's node is 3 s; what comes before and after it is short. */
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    /** What a registry does from some byte on of the blob that it was asked for. */
    enum Wrong {
        STALLS(Code.UNAVAILABLE, Next.REST), CUTS(Code.UNAVAILABLE, Next.REST), //
        CUTS_AFTER_WRONG_BYTES(Code.UNAVAILABLE, Next.REST, Next.WHOLE), SENDS_WRONG_BYTES(Code.DATA_LOSS, Next.WHOLE), //
        SAYS_LONGER(Code.DATA_LOSS, Next.WHOLE), SAYS_SHORTER(Code.DATA_LOSS, Next.WHOLE), REDIRECTS_FOR_EVER(Code.UNAVAILABLE, Next.WHOLE);

        private final Code code;
        private final List<Next> next;

        Wrong(Code code, Next... next) {
            this.code = code;
            this.next = List.of(next);
        }
    }

    /** What the pull after that asks for. */
    enum Next {
        WHOLE, REST
    }

    /** A layer's blob, from where its registry is wrong, and the ranges it was asked for since it is right. */
    private record Blob(byte[] bytes, int from, CountDownLatch over, List<String> asked) {
        static Blob of(byte[] bytes, Random random) {
            return new Blob(bytes, 1 + random.nextInt(BLOB_BYTES), new CountDownLatch(1), new CopyOnWriteArrayList<>());
        }

        void answer(Wrong wrong, HttpExchange exchange) throws IOException {
            if (wrong == Wrong.REDIRECTS_FOR_EVER) {
                exchange.getResponseHeaders().add("Location", exchange.getRequestURI() + "?again");
                HostileServer.send(exchange, 307, new byte[0]);
                return;
            }
            byte[] body = bytes.clone();
            exchange.sendResponseHeaders(200, switch (wrong) {
                case SAYS_LONGER -> body.length + 1L;
                case SAYS_SHORTER -> from;
                default -> body.length;
            });
            if (wrong == Wrong.CUTS_AFTER_WRONG_BYTES) {
                body[from - 1] ^= 1;
            }
            exchange.getResponseBody().write(body, 0, from);
            if (wrong == Wrong.SENDS_WRONG_BYTES) {
                body[from] ^= 1;
                exchange.getResponseBody().write(body, from, body.length - from);
            }
            exchange.getResponseBody().flush();
            if (wrong == Wrong.STALLS) {
                await();
            }
        }

        private void await() {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Serves it from where it is asked to: its begin, or from where the registry went wrong. */
        void serve(HttpExchange exchange) throws IOException {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int begin = range == null ? 0 : from;
            asked.add(range == null ? "bytes=0-" : range);
            if (begin > 0) {
                exchange.getResponseHeaders().add("Content-Range", "bytes " + begin + "-" + (bytes.length - 1) + "/" + bytes.length);
            }
            HostileServer.send(exchange, begin > 0 ? 206 : 200, Arrays.copyOfRange(bytes, begin, bytes.length));
        }
    }

    /** A registry with one image of one layer. */
    private record Served(HostileServer server, Blob blob, String path, String reference) implements AutoCloseable {
        static Served wrong(Wrong wrong, Random random, Node node) throws IOException {
            byte[] content = new byte[BLOB_BYTES];
            random.nextBytes(content);
            Layer layer = Layer.plain(new TarLayer().file("content", content, Owner.root(0644)));
            TestImage image = TestImage.of(layer);
            Blob blob = Blob.of(layer.blob(), random);
            HostileServer server = HostileServer.start("127.0.0.1");
            node.allowPlainHttp(server.host());
            byte[] config = image.configBlob();
            server.document("/v2/wrong/blobs/" + Sha256.digest(config), "application/octet-stream", config);
            String path = "/v2/wrong/blobs/" + Sha256.digest(layer.blob());
            server.on(path, exchange -> blob.answer(wrong, exchange));
            String reference = server.manifest("wrong", TestImage.MANIFEST, new String(image.manifest(config), StandardCharsets.UTF_8));
            return new Served(server, blob, path, reference);
        }

        /** Makes it right, and pulls. */
        void expectPull(Node node, List<Next> asked) throws Exception {
            blob.over.countDown();
            server.on(path, blob::serve);
            try (Pulled pulled = Pulled.pull(node, reference)) {
                assertThat(ImageTest.status(node, pulled.name()).hasImage()).isTrue();
            }
            assertThat(blob.asked).isEqualTo(asked.stream().map(next -> "bytes=" + (next == Next.REST ? blob.from : 0) + "-").toList());
        }

        @Override
        public void close() {
            blob.over.countDown();
            server.close();
        }
    }

    @Row(24)
    void costsOnePull(Fault fault, Wrong wrong, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        try (Served served = Served.wrong(wrong, fault.random(wrong.name()), node)) {
            long begin = System.nanoTime();
            Failure.of(node, wrong.code, () -> node.pull(served.reference));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_MOST);
            assertThat(ImageTest.status(node, served.reference).hasImage()).isFalse();
            served.expectPull(node, wrong.next);
        }
    }

    /** The daemon dies while a registry stalls, and the next one's pull goes on where this one's was. */
    @Row(24)
    void outlastsTheDaemon(Fault fault, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        try (Served served = Served.wrong(Wrong.STALLS, fault.random("stall and death"), node)) {
            Path ingests = node.scratch().resolve("root/content/ingest");
            Cut<String> cut = faulty.killDuring(() -> node.pull(served.reference), () -> bytes(ingests) == served.blob.from);
            assertThat(cut.answered()).isFalse();
            served.expectPull(node, List.of(Next.REST));
        }
    }

    private static long bytes(Path directory) {
        File[] files = directory.toFile().listFiles();
        return files == null ? 0 : Arrays.stream(files).mapToLong(File::length).sum();
    }
}
