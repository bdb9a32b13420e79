package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A registry that lies. After CVE-2020-15157, 2019-10214, 2021-41190, 2024-3727, 2017-14992 and their like. */
@UnderAttack
class RegistryAttackTest extends HostileServers {
    private static final String OCI = "application/vnd.oci.image.";
    private static final String MANIFEST = OCI + "manifest.v1+json";
    private static final String INDEX = OCI + "index.v1+json";
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    private static String descriptor(String mediaType, String digest, String size) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%s}".formatted(mediaType, digest, size);
    }

    private static String manifest(String config, String layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":" + config + ",\"layers\":[" + layers + "]}";
    }

    private static String usual() {
        return manifest(descriptor(OCI + "config.v1+json", DIGEST, "2"), descriptor(OCI + "layer.v1.tar", DIGEST, "1024"));
    }

    private static String withLayer(String digest, String size) {
        return manifest(descriptor(OCI + "config.v1+json", DIGEST, "2"), descriptor(OCI + "layer.v1.tar", digest, size));
    }

    /** A document that is none, or two. */
    enum Document {
        MANIFEST_AND_INDEX_AT_ONCE(MANIFEST, c -> usual().replace("}]}", "}],\"manifests\":[]}")), //
        MANIFEST_CALLED_INDEX(INDEX, c -> usual()), //
        INDEX_CALLED_MANIFEST(MANIFEST, c -> "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[]}"), //
        INDEX_WITH_LAYERS(INDEX, c -> "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}"), //
        DIGEST_THAT_IS_A_PATH(MANIFEST, c -> withLayer("sha256:../../../../../../../.." + c.secret(), "19")), //
        DIGEST_TOO_SHORT(MANIFEST, c -> withLayer("sha256:aa", "19")), //
        DIGEST_IN_CAPITALS(MANIFEST, c -> withLayer("sha256:" + "A".repeat(64), "19")), //
        DIGEST_OF_MD5(MANIFEST, c -> withLayer("md5:" + "a".repeat(32), "19")), //
        CONFIG_DIGEST_THAT_IS_A_PATH(MANIFEST, c -> usual().replaceFirst(DIGEST, "sha256:../" + "a".repeat(61))), //
        NEGATIVE_SIZE(MANIFEST, c -> withLayer(DIGEST, "-1")), //
        SIZE_THAT_IS_NO_NUMBER(MANIFEST, c -> withLayer(DIGEST, "\"many\"")), //
        SIZE_BEYOND_63_BITS(MANIFEST, c -> withLayer(DIGEST, "18446744073709551617")), //
        MANY_LAYERS(MANIFEST, c -> manifest(descriptor(OCI + "config.v1+json", DIGEST, "2"),
                (descriptor(OCI + "layer.v1.tar", DIGEST, "1") + ",").repeat(5000) + descriptor(OCI + "layer.v1.tar", DIGEST, "1"))), //
        BRACKETS(MANIFEST, c -> "{\"schemaVersion\":2,\"config\":" + "[".repeat(200_000)), //
        FIVE_MEBIBYTES(MANIFEST, c -> usual() + " ".repeat(5 << 20)), //
        NOTHING(MANIFEST, c -> "{}"), //
        NO_JSON(MANIFEST, c -> "\0\0\0\0");

        private final String type;
        private final Function<Canary, String> text;

        Document(String type, Function<Canary, String> text) {
            this.type = type;
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource
    void documentIsRefused(Document document, Node node, Canary host) {
        String reference = registry.manifest("document", document.type, document.text.apply(host));
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.pull(reference));
        assertThat(registry.requests()).noneMatch(request -> request.contains("secret"));
        assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
    }

    @Test
    void manifestWithoutEndIsCutOff(Node node) {
        registry.endless("/v2/endless/manifests/1", MANIFEST);
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.pull(registry.host() + "/endless:1"));
    }

    @Test
    @DiffersOn(value = "containerd", why = "follows them to the last")
    void indexesBelowIndexesComeToAnEnd(Node node) {
        String below = usual();
        for (int i = 0; i < 100; i++) {
            registry.manifest("deep", i == 0 ? MANIFEST : INDEX, below);
            below = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(INDEX,
                    descriptor(i == 0 ? MANIFEST : INDEX, Sha256.digest(below.getBytes(StandardCharsets.UTF_8)),
                            Integer.toString(below.length())));
        }
        String reference = registry.manifest("deep", INDEX, below);
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.pull(reference));
        assertThat(registry.requests()).hasSizeLessThan(50);
    }

    /** A layer that is not what its descriptor says. */
    enum Blob {
        LONGER((r, blob) -> r.blob("blob", OCI + "layer.v1.tar", blob, blob.length - 512)), //
        SHORTER((r, blob) -> r.blob("blob", OCI + "layer.v1.tar", blob, blob.length + 512)), //
        LARGER_THAN_ALL_DISKS((r, blob) -> r.blob("blob", OCI + "layer.v1.tar", blob, 1L << 60)), //
        ENDLESS((r, blob) -> {
            String descriptor = r.blob("blob", OCI + "layer.v1.tar", blob, blob.length);
            r.endless("/v2/blob/blobs/" + Sha256.digest(blob), "application/octet-stream");
            return descriptor;
        });

        private final BiFunction<HostileServer, byte[], String> descriptor;

        Blob(BiFunction<HostileServer, byte[], String> descriptor) {
            this.descriptor = descriptor;
        }
    }

    @ParameterizedTest
    @EnumSource
    void blobIsRefused(Blob blob, Node node) {
        Layer layer = Layer.plain(new TarLayer().file("new-" + node.next(), "x"));
        byte[] config = TestImage.of(layer).configBlob();
        String reference = registry.manifest("blob", MANIFEST, manifest(
                registry.blob("blob", OCI + "config.v1+json", config, config.length), blob.descriptor.apply(registry, layer.blob())));
        Failure failure = Failure.of(() -> node.pull(reference));
        if (node.runtime().name().equals("windlass")) {
            assertThat(failure.code()).as(failure.message()).isIn(Code.DATA_LOSS, Code.RESOURCE_EXHAUSTED, Code.INVALID_ARGUMENT);
        }
        assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
    }

    @Test
    void layersOfTheConfigAreThoseOfTheManifest(Node node) {
        Layer layer = Layer.plain(new TarLayer().file("new-" + node.next(), "x"));
        byte[] config = TestImage.of(layer, layer).configBlob();
        String reference = registry.manifest("count", MANIFEST,
                manifest(registry.blob("count", OCI + "config.v1+json", config, config.length),
                        registry.blob("count", OCI + "layer.v1.tar", layer.blob(), layer.blob().length)));
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.pull(reference));
        assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
    }

    /** CVE-2020-15157: a layer's own URL is no place to go to, least of all with credentials. */
    @ParameterizedTest
    @ValueSource(strings = {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar"})
    @DiffersOn(value = "containerd", why = "1.6 fetches a layer from the URL that its manifest names, CVE-2020-15157 but for the credentials")
    void foreignLayerIsNotFetchedFromItsUrl(String mediaType, Node node) {
        Layer layer = Layer.plain(new TarLayer().file("new-" + node.next(), "x"));
        byte[] config = TestImage.of(layer).configBlob();
        foreign.document("/layer", "application/octet-stream", layer.blob());
        String reference = registry.manifest("foreign", MANIFEST,
                manifest(registry.blob("foreign", OCI + "config.v1+json", config, config.length),
                        descriptor(mediaType, Sha256.digest(layer.blob()), layer.blob().length + ",\"urls\":[\"http://" + foreign.host()
                                + "/layer\"]")));
        Failure.of(() -> node.pull(reference));
        assertThat(foreign.requests()).isEmpty();
    }
}
