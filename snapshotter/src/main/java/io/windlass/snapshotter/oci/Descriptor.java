package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pointer to content. See the OCI image specification, descriptor.md. Its {@code urls} are not read: content comes from the registry that was asked.
 *
 * @param mediaType what the content is
 * @param digest its digest
 * @param size its length in bytes
 * @param platform what it runs on, for an entry of an index, or null
 */
public record Descriptor(String mediaType, Digest digest, long size, @Nullable Platform platform) {

    /** Reads a descriptor out of a manifest or an index. */
    static Descriptor parse(JsonNode node) throws ImageException {
        if (!node.isObject()) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "a descriptor must be an object");
        }
        Digest digest = Digest.parse(Json.text(node, "digest"));
        return new Descriptor(Json.text(node, "mediaType"), digest, Json.count(node, "size"), platform(node));
    }

    private static @Nullable Platform platform(JsonNode node) throws ImageException {
        if (!node.path("platform").isObject()) {
            return null;
        }
        JsonNode platform = Json.member(node, "platform");
        return new Platform(Json.text(platform, "os"), Json.text(platform, "architecture"), Json.text(platform, "variant"));
    }
}
