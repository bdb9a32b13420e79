package io.windlass.conformance;

import com.sun.net.httpserver.HttpExchange;
import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;

/** A registry that goes wrong somewhere in a blob: the pull ends in time, and the next one works when the registry does. */
@Faulty
class FaultRegistryTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final int BLOB_BYTES = 1 << 20;
    /** The deadline for progress is 30 s; what comes before and after it is short. */
    private static final Duration AT_MOST = Duration.ofSeconds(40);

    /** What a registry does from some byte on of the blob that it was asked for. */
    enum Wrong {
        STALLS(Code.UNAVAILABLE), CUTS(Code.UNAVAILABLE), SENDS_WRONG_BYTES(Code.DATA_LOSS), //
        SAYS_LONGER(Code.DATA_LOSS), SAYS_SHORTER(Code.DATA_LOSS), REDIRECTS_FOR_EVER(Code.FAILED_PRECONDITION);

        private final Code code;

        Wrong(Code code) {
            this.code = code;
        }
    }

    /** A layer's blob, and how often it was asked for what. */
    private record Blob(byte[] bytes, int from, CountDownLatch over) {
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

        /** Serves it from where it is asked to. */
        void serve(HttpExchange exchange) throws IOException {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int begin = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (begin > 0) {
                exchange.getResponseHeaders().add("Content-Range", "bytes " + begin + "-" + (bytes.length - 1) + "/" + bytes.length);
            }
            HostileServer.send(exchange, begin > 0 ? 206 : 200, Arrays.copyOfRange(bytes, begin, bytes.length));
        }
    }

    @Row(24)
    void costsOnePull(Fault fault, Wrong wrong, FaultyNode faulty) throws Exception {
        Random random = fault.random(wrong.name());
        Node node = faulty.node();
        byte[] content = new byte[BLOB_BYTES];
        random.nextBytes(content);
        Layer layer = Layer.plain(new TarLayer().file("content", content, Owner.root(0644)));
        TestImage image = TestImage.of(layer);
        Blob blob = new Blob(layer.blob(), 1 + random.nextInt(BLOB_BYTES), new CountDownLatch(1));
        try (HostileServer registry = HostileServer.start("127.0.0.1")) {
            node.allowPlainHttp(registry.host());
            byte[] config = image.configBlob();
            registry.document("/v2/wrong/blobs/" + Sha256.digest(config), "application/octet-stream", config);
            String path = "/v2/wrong/blobs/" + Sha256.digest(layer.blob());
            registry.on(path, exchange -> blob.answer(wrong, exchange));
            String reference = registry.manifest("wrong", MANIFEST, new String(image.manifest(config), StandardCharsets.UTF_8));
            long begin = System.nanoTime();
            Failure.of(node, wrong.code, () -> node.pull(reference));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_MOST);
            assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
            blob.over.countDown();
            registry.on(path, blob::serve);
            try (Pulled pulled = Pulled.pull(node, reference)) {
                assertThat(ImageTest.status(node, pulled.name()).hasImage()).isTrue();
            }
        }
    }
}
