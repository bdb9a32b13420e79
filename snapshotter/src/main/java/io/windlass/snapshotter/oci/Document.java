package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import tools.jackson.databind.JsonNode;

/** What a registry gives for a name: the manifest of one image, or an index to choose from. */
public sealed interface Document permits Manifest, Index {
    /** The largest document that is read, in bytes. */
    int LIMIT = 4 << 20;

    /**
     * Parses by content and declared type, which must agree.
     *
     * @param bytes the document
     * @param declared the media type its descriptor or the registry named, or empty
     * @throws ImageException of kind INVALID_ARGUMENT when it is malformed, too large, or could be read as both kinds
     */
    static Document parse(byte[] bytes, String declared) throws ImageException {
        if (bytes.length > LIMIT) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the manifest has " + bytes.length + " bytes, the limit is " + LIMIT);
        }
        JsonNode root = Json.object(bytes, "the manifest");
        boolean index = root.has("manifests");
        boolean manifest = root.has("layers") || root.has("config") || root.has("fsLayers");
        if (index && manifest) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "ambiguous manifest: it has both \"manifests\" and \"layers\" or \"config\"");
        }
        if (root.path("schemaVersion").asInt(0) != 2 || root.has("fsLayers")) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "manifest schema " + root.path("schemaVersion").asInt(0)
                    + " is not supported: push the image again with a current tool to get schema 2");
        }
        String inner = Json.text(root, "mediaType");
        String type = inner.isEmpty() ? declared : inner;
        if (!inner.isEmpty() && known(declared) && !inner.equals(declared)) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "ambiguous manifest: declared as " + Text.shorten(declared) + ", but it calls itself " + Text.shorten(inner));
        }
        if (known(type) && MediaType.isIndex(type) != index) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "ambiguous manifest: its content does not fit its media type " + Text.shorten(type));
        }
        return index ? Index.parse(root) : Manifest.parse(root);
    }

    private static boolean known(String type) {
        return MediaType.isIndex(type) || MediaType.isManifest(type);
    }
}
