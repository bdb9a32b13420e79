package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DocumentTest {
    private static final String HEX = "0".repeat(64);
    private static final String CONFIG = "{\"mediaType\":\"" + MediaType.OCI_CONFIG + "\",\"digest\":\"sha256:" + HEX + "\",\"size\":7}";

    private static final String MANIFEST = "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}";

    private static Document parse(String json, String type) throws ImageException {
        return Document.parse(json.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void readsAManifestWithoutALayer() throws ImageException {
        Document document = parse("{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[]}", MediaType.DOCKER_MANIFEST);
        assertThat(document).isInstanceOfSatisfying(Manifest.class, manifest -> assertThat(manifest.size()).isEqualTo(7));
    }

    @Test
    void refusesWhatCouldBeReadAsBothKinds() {
        String both = "{\"schemaVersion\":2,\"manifests\":[],\"config\":" + CONFIG + ",\"layers\":[]}";
        assertThatThrownBy(() -> parse(both, MediaType.OCI_INDEX)).hasMessageContaining("ambiguous");
        assertThatThrownBy(() -> parse("{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[]}", MediaType.OCI_INDEX))
                .hasMessageContaining("ambiguous");
        assertThatThrownBy(
                () -> parse("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[]}", MediaType.OCI_MANIFEST))
                .hasMessageContaining("ambiguous");
        assertThatThrownBy(() -> parse("{\"schemaVersion\":2,\"schemaVersion\":2}", "")).hasMessageContaining("not valid JSON");
    }

    @Test
    void refusesOldAndLargeOnes() {
        assertThatThrownBy(() -> parse("{\"schemaVersion\":1,\"fsLayers\":[]}", "")).hasMessageContaining("schema 1 is not supported");
        assertThatThrownBy(() -> parse(" ".repeat(Document.LIMIT + 1), "")).hasMessageContaining("the limit is");
    }

    @Test
    void refusesOneOfMoreNodesThanAnyImageHas() throws ImageException {
        String many = "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[],\"annotations\":[%s{}]}";
        assertThat(parse(many.formatted("{},".repeat(40_000)), "")).isInstanceOf(Manifest.class);
        assertThatThrownBy(() -> parse(many.formatted("{},".repeat(60_000)), "")).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT)).hasMessageContaining("not valid JSON");
    }

    @Test
    void keepsNoNamesOfADocumentThatIsGone() throws ImageException {
        byte[] bytes = "{\"name\":1}".getBytes(StandardCharsets.UTF_8);
        String first = Json.object(bytes, "a document").propertyNames().iterator().next();
        assertThat(Json.object(bytes, "a document").propertyNames().iterator().next()).isEqualTo(first).isNotSameAs(first);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 62, Long.MAX_VALUE, (1L << 40) - 20})
    void refusesLayersThatNoRegistryHolds(long size) {
        String layer = CONFIG.replace(":7}", ":" + size + "}");
        assertThatThrownBy(() -> parse(MANIFEST.formatted(CONFIG, String.join(",", layer, layer, layer)), ""))
                .isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
                .hasMessageContaining("the image's layers have more than");
    }

    @Test
    void holdsOfAConfigurationOnlyWhatIsRead() throws ImageException {
        String labels = ",\"Labels\":{\"a\":\"b\"},\"ExposedPorts\":{\"80/tcp\":{}}";
        assertThat(config("\"PATH=/bin\"", labels)).isEqualTo(config("\"PATH=/bin\"", ""));
    }

    @Test
    void limitsWhatIsHeldOfAConfiguration() throws ImageException {
        assertThat(config("\"A=%s\"".formatted("a".repeat(100_000)) + ",\"\"".repeat(3_000), "").env()).hasSize(3_001);
        assertThatThrownBy(() -> config("\"A=%s\"".formatted("a".repeat(1 << 20)), "")).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT)).hasMessageContaining("characters, the limit is");
        assertThatThrownBy(() -> config("\"\"" + ",\"\"".repeat(10_000), "")).hasMessageContaining("has 10007 variables");
    }

    private static ImageConfig config(String env, String more) throws ImageException {
        return ImageConfig.parse("{\"os\":\"linux\",\"config\":{\"Env\":[%s]%s}}".formatted(env, more).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"amd64,'',amd64,'',100", "amd64,'',arm64,'',0", "arm64,'',arm64,v8,108", "arm,v7,arm,v6,106", "arm,v6,arm,v7,0",
            "amd64,'',amd64,v3,0", "amd64,'',x86_64,v1,100", "amd64,'',386,'',1", "386,'',amd64,'',0", "arm64,'',arm,v8,9",
            "arm64,'',arm,'',8", "arm64,'',arm,6,7", "arm64,'',arm,v9,0", "arm,'',arm64,'',0", "arm,'',arm,v7,107"})
    void ranksPlatforms(String machine, String level, String offered, String offeredLevel, int rank) {
        assertThat(new Platform("linux", machine, level).suits(new Platform("Linux", offered, offeredLevel))).isEqualTo(rank);
    }

    @Test
    void chainsLayers() throws ImageException {
        Digest a = Digest.sha256(new byte[]{1});
        Digest b = Digest.sha256(new byte[]{2});
        assertThat(ChainId.of(java.util.List.of(a))).hasToString(a.toString());
        assertThat(ChainId.of(java.util.List.of(a, b)).digest())
                .isEqualTo(Digest.sha256((a + " " + b).getBytes(StandardCharsets.US_ASCII)));
    }
}
