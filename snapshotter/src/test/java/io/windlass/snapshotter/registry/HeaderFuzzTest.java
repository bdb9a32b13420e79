package io.windlass.snapshotter.registry;

import io.windlass.shim.fuzz.Fuzz;
import io.windlass.snapshotter.oci.ImageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a registry's host says of itself, and what the node's owner writes about it. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class HeaderFuzzTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void challenges() throws Exception {
        List<byte[]> seeds = List.of(bytes("Bearer realm=\"https://auth.test/token\",service=\"r\",scope=\"repository:a/b:pull\""),
                bytes("Basic realm=\"x\", charset=UTF-8"), bytes("Negotiate, Digest qop=\"a\\\"b\", Bearer realm = y"));
        Fuzz.run("challenge", seeds, input -> {
            List<Challenge> found = Challenge.parse(List.of(text(input)));
            return found.size() + " " + found.stream().mapToInt(challenge -> challenge.parameters().size()).sum();
        });
    }

    @Test
    void hostsToml() throws Exception {
        String hosts = """
                server = "https://registry.test"
                [host."https://mirror.test:5000/v2/x"]
                  capabilities = ["pull", "resolve"]
                  ca = ["a.crt", "b.crt"]
                  client = [["c.crt", "c.key"]]
                  skip_verify = true
                  override_path = true
                  dial_timeout = "5s"
                  [host."https://mirror.test:5000/v2/x".header]
                    x-a = ["b"]
                """;
        Fuzz.run("hosts", List.of(bytes(hosts)), input -> {
            try {
                return new HostsToml(Path.of("/nonexistent"), "registry.test").parse(text(input)).size();
            } catch (ImageException e) {
                return e.getMessage();
            }
        });
    }
}
