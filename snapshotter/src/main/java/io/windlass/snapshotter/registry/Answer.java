package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import io.windlass.snapshotter.oci.Text;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** A registry's answer, still open. */
record Answer(HttpResponse<Body> response) implements AutoCloseable {
    private static final int ERROR_LIMIT = 16 << 10;

    int status() {
        return response.statusCode();
    }

    Body body() {
        return response.body();
    }

    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    OptionalLong length() {
        try {
            return response.headers().firstValueAsLong("content-length");
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns what a status that is no success means, with the registry's own words. {@code what} is what was asked for. */
    ImageException failure(String what) {
        String words = words();
        String registry = "registry " + response.uri().getAuthority();
        String end = " (HTTP " + status() + (words.isEmpty() ? "" : ": " + words) + ")";
        return switch (status()) {
            case 401 -> new ImageException(Kind.UNAUTHENTICATED,
                    what + ": " + registry + " wants other credentials, or there is no such repository: check the pull secret and the name"
                            + end);
            case 403 -> new ImageException(Kind.PERMISSION_DENIED, what + ": " + registry + " denies access with these credentials" + end);
            case 404 -> new ImageException(Kind.NOT_FOUND, what + ": not found in " + registry + ": check the name and the tag" + end);
            case 429 ->
                new ImageException(Kind.UNAVAILABLE, what + ": " + registry + " limits the rate: try later, or with credentials" + end);
            default ->
                new ImageException(status() >= 500 ? Kind.UNAVAILABLE : Kind.FAILED_PRECONDITION, what + ": " + registry + " failed" + end);
        };
    }

    private String words() {
        try {
            byte[] bytes = body().readAll(ERROR_LIMIT);
            if (bytes == null || bytes.length == 0) {
                return "";
            }
            JsonNode first = Json.object(bytes, "the answer").path("errors").path(0);
            return Text.shorten((first.path("code").asString("") + " " + first.path("message").asString("")).strip());
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        body().close();
    }
}
