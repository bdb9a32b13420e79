package io.windlass.snapshotter.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Manifests of one image for several platforms. See the OCI image specification, image-index.md.
 *
 * @param manifests manifests or further indexes, in the order of preference
 */
public record Index(List<Descriptor> manifests) implements Document {

    public Index {
        manifests = List.copyOf(manifests);
    }

    static Index parse(JsonNode root) throws ImageException {
        List<Descriptor> manifests = new ArrayList<>();
        for (JsonNode entry : Json.array(root, "manifests")) {
            manifests.add(Descriptor.parse(entry));
        }
        return new Index(manifests);
    }

    /**
     * Chooses the entry that serves {@code platform} best, the first of equals. An entry without a platform, which may be a nested index, is taken
     * only when no other fits.
     */
    public Optional<Descriptor> choose(Platform platform) {
        Descriptor best = null;
        int rank = 0;
        Descriptor unnamed = null;
        for (Descriptor entry : manifests) {
            Platform offered = entry.platform();
            if (offered == null) {
                unnamed = unnamed == null ? entry : unnamed;
            } else if (platform.suits(offered) > rank) {
                rank = platform.suits(offered);
                best = entry;
            }
        }
        return Optional.ofNullable(best != null ? best : unnamed);
    }

    /** Returns the platforms on offer, for a message. */
    public String offers() {
        StringBuilder out = new StringBuilder();
        for (Descriptor entry : manifests) {
            if (entry.platform() != null && out.length() < 200) {
                out.append(out.isEmpty() ? "" : ", ").append(Text.shorten(entry.platform().toString()));
            }
        }
        return out.isEmpty() ? "none" : out.toString();
    }
}
