package io.windlass.snapshotter.oci;

import io.windlass.shim.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What a registry answers, and what a client asks for: read or refused by name. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class DocumentFuzzTest {
    private static final String DESCRIPTOR = "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:" + "0a".repeat(32)
            + "\",\"size\":12,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\",\"variant\":\"v2\"}}";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void manifestsAndIndexes() throws Exception {
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"config\":"
                + DESCRIPTOR.formatted("config.v1+json")
                + ",\"layers\":[" + DESCRIPTOR.formatted("layer.v1.tar+gzip") + "]}";
        String index = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":["
                + DESCRIPTOR.formatted("manifest.v1+json") + "]}";
        Fuzz.run("document", List.of(bytes(manifest), bytes(index)), input -> {
            try {
                return switch (Document.parse(input, "")) {
                    case Manifest found -> "manifest " + found.layers().size() + " " + (found.size() >= 0);
                    case Index found -> "index " + found.choose(Platform.host()).isPresent() + " " + found.offers().isEmpty();
                };
            } catch (ImageException e) {
                return e.getMessage();
            }
        });
    }

    @Test
    void configurations() throws Exception {
        String config = """
                {"architecture":"amd64","os":"linux","config":{"User":"1:2","Env":["A=b"],"Entrypoint":["/e"],"Cmd":["c"],"WorkingDir":"/w",
                "StopSignal":"TERM","Labels":{"a":"b"},"Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}}},
                "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}""".formatted("1b".repeat(32));
        Fuzz.run("config", List.of(bytes(config)), input -> {
            try {
                ImageConfig parsed = ImageConfig.parse(input);
                assertThat(ImageConfig.parse(parsed.toJson())).isEqualTo(parsed);
                return parsed.env().size() + " " + parsed.diffIds().size();
            } catch (ImageException e) {
                return e.getMessage();
            }
        });
    }

    @Test
    void references() throws Exception {
        List<byte[]> seeds = List.of(bytes("busybox"), bytes("registry.test:5000/a/b_c:tag-1.2"),
                bytes("[::1]:5000/x@sha256:" + "0a".repeat(32)),
                bytes("localhost/a:b@sha256:" + "0a".repeat(32)));
        Fuzz.run("reference", seeds, input -> {
            try {
                Reference reference = Reference.parse(text(input));
                assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
                assertThat(reference.path()).doesNotContain("..", "//", "\n", " ");
                return reference.tagged().isPresent() + " " + (reference.digest() != null) + " " + reference.path().split("/").length;
            } catch (ImageException e) {
                return e.getMessage();
            }
        });
    }
}
