package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One image: a configuration and its layers, the lowest first. See the OCI image specification, manifest.md.
 *
 * @param config the configuration's descriptor; its digest is the image id
 * @param layers the layers' descriptors
 */
public record Manifest(Descriptor config, List<Descriptor> layers) implements Document {
    /** More layers than overlayfs can stack (500) cannot run. */
    private static final int LAYER_LIMIT = 500;
    /** Bytes of the configuration and all layers: what says more lies, and may overflow a sum. */
    private static final long SIZE_LIMIT = 1L << 40;

    public Manifest {
        layers = List.copyOf(layers);
    }

    static Manifest parse(JsonNode root) throws ImageException {
        Descriptor config = Descriptor.parse(root.path("config"));
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode layer : Json.array(root, "layers")) {
            layers.add(Descriptor.parse(layer));
        }
        if (layers.size() > LAYER_LIMIT) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the image has " + layers.size() + " layers, the limit is " + LAYER_LIMIT);
        }
        Manifest manifest = new Manifest(config, layers);
        manifest.checkSize();
        return manifest;
    }

    private void checkSize() throws ImageException {
        long left = SIZE_LIMIT - config.size();
        for (int i = 0; i < layers.size() && left >= 0; i++) {
            left -= layers.get(i).size();
        }
        if (left < 0) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "the image's layers have more than " + SIZE_LIMIT + " bytes by its manifest, the limit");
        }
    }

    /** Returns the bytes that a pull fetches: the configuration and the layers as they are stored in the registry. */
    public long size() {
        long size = config.size();
        for (Descriptor layer : layers) {
            size += layer.size();
        }
        return size;
    }
}
