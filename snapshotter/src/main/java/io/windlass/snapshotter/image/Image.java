package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.Reference;
import java.util.List;
import java.util.OptionalLong;

/**
 * An image of this node. Immutable: a pull or a removal makes a new value.
 *
 * @param id the digest of its configuration
 * @param tags {@code repository:tag} names, sorted
 * @param digests {@code repository@digest} names, sorted; the digest is that of the manifest or index that was pulled
 * @param size bytes of the compressed layers and the configuration
 * @param config its configuration
 * @param chainId its whole stack of layers
 * @param pinned whether the kubelet must leave it alone
 */
public record Image(Digest id, List<Reference> tags, List<Reference> digests, long size, ImageConfig config, ChainId chainId,
        boolean pinned) {

    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
    }

    /** Returns the numeric user the image names, if it is numeric, as CRI's {@code Image.uid}. */
    public OptionalLong uid() {
        String user = userPart();
        if (user.isEmpty() || !user.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(user));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the user name the image gives, as CRI's {@code Image.username}, or an empty string when it gives none or a number. */
    public String username() {
        return uid().isPresent() ? "" : userPart();
    }

    private String userPart() {
        int colon = config.user().indexOf(':');
        return colon < 0 ? config.user() : config.user().substring(0, colon);
    }
}
