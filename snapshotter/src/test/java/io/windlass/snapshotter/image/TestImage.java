package io.windlass.snapshotter.image;

import com.github.luben.zstd.Zstd;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** An image made of tar layers, pushed to a registry by plain requests. */
final class TestImage {
    private final List<byte[]> blobs = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<Digest> diffIds = new ArrayList<>();
    private String user = "";
    private String architecture = "amd64";

    TestImage plain(byte[] tar) {
        return layer(tar, tar, MediaType.OCI_LAYER);
    }

    TestImage gzip(byte[] tar) {
        return layer(tar, gzipped(tar), MediaType.OCI_LAYER + "+gzip");
    }

    TestImage zstd(byte[] tar) {
        return layer(tar, Zstd.compress(tar), MediaType.OCI_LAYER + "+zstd");
    }

    TestImage layer(byte[] tar, byte[] blob, String type) {
        return layer(Digest.sha256(tar), blob, type);
    }

    TestImage layer(Digest diffId, byte[] blob, String type) {
        diffIds.add(diffId);
        blobs.add(blob);
        types.add(type);
        return this;
    }

    TestImage user(String name) {
        user = name;
        return this;
    }

    TestImage architecture(String name) {
        architecture = name;
        return this;
    }

    static byte[] gzipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    byte[] config() {
        String ids = diffIds.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        return """
                {"architecture":"%s","os":"linux","config":{"User":"%s","Env":["PATH=/bin"],"Cmd":["/bin/sh"]},\
                "rootfs":{"type":"layers","diff_ids":[%s]}}""".formatted(architecture, user, ids).getBytes(StandardCharsets.UTF_8);
    }

    byte[] manifest() {
        StringBuilder layers = new StringBuilder();
        for (int i = 0; i < blobs.size(); i++) {
            layers.append(i == 0 ? "" : ",").append(descriptor(types.get(i), blobs.get(i)));
        }
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                .formatted(MediaType.OCI_MANIFEST, descriptor(MediaType.OCI_CONFIG, config()), layers).getBytes(StandardCharsets.UTF_8);
    }

    static String descriptor(String type, byte[] blob) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, Digest.sha256(blob), blob.length);
    }

    /** Pushes blobs, configuration and manifest; returns the manifest's digest. */
    Digest push(String host, String repository, String tag) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (byte[] blob : blobs) {
                pushBlob(http, host, repository, blob);
            }
            pushBlob(http, host, repository, config());
            return pushManifest(http, host, repository, tag, MediaType.OCI_MANIFEST, manifest());
        }
    }

    static Digest pushManifest(HttpClient http, String host, String repository, String tag, String type, byte[] manifest)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://" + host + "/v2/" + repository + "/manifests/" + tag);
        expect(201, http.send(HttpRequest.newBuilder(uri).header("Content-Type", type).PUT(BodyPublishers.ofByteArray(manifest)).build(),
                HttpResponse.BodyHandlers.ofString()));
        return Digest.sha256(manifest);
    }

    private static void pushBlob(HttpClient http, String host, String repository, byte[] blob) throws IOException, InterruptedException {
        URI start = URI.create("http://" + host + "/v2/" + repository + "/blobs/uploads/");
        HttpResponse<String> begun = expect(202,
                http.send(HttpRequest.newBuilder(start).POST(BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()));
        String location = begun.headers().firstValue("location").orElseThrow();
        URI put = URI.create(start.resolve(location) + (location.contains("?") ? "&" : "?") + "digest=" + Digest.sha256(blob));
        expect(201,
                http.send(
                        HttpRequest.newBuilder(put).header("Content-Type", "application/octet-stream").PUT(BodyPublishers.ofByteArray(blob))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
    }

    private static HttpResponse<String> expect(int status, HttpResponse<String> response) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException(response + ": " + response.body());
        }
        return response;
    }
}
