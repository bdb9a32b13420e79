package io.windlass.snapshotter.oci;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DocumentTest {
    private static final String HEX = "0".repeat(64);
    private static final String CONFIG = "{\"mediaType\":\"" + MediaType.OCI_CONFIG + "\",\"digest\":\"sha256:" + HEX + "\",\"size\":7}";

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

    @ParameterizedTest
    @CsvSource({"amd64,'',amd64,'',1", "amd64,'',arm64,'',0", "arm64,'',arm64,v8,9", "arm,v7,arm,v6,7", "arm,v6,arm,v7,0",
            "amd64,'',amd64,v3,0", "amd64,'',x86_64,v1,1"})
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
