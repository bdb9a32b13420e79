package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Reference;
import java.util.Optional;

/** Finds an image by what a person or the kubelet calls it. */
final class ImageFinder {
    private static final int PREFIX = 4;
    private static final String SHA256 = "sha256:";

    private final ImageStore store;

    ImageFinder(ImageStore store) {
        this.store = store;
    }

    Optional<ImageStore.Entry> find(String text) throws ImageException {
        String hex = text.startsWith(SHA256) ? text.substring(SHA256.length()) : text;
        boolean digits = !hex.isEmpty() && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (digits && hex.length() == 64) {
            return Optional.ofNullable(store.entries().get(new Digest(Digest.Algorithm.SHA256, hex)));
        }
        if (text.startsWith(SHA256) && !digits) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "invalid image id \"" + text + "\"");
        }
        if (!text.startsWith(SHA256)) {
            Optional<ImageStore.Entry> named = named(text, digits);
            if (named.isPresent()) {
                return named;
            }
        }
        return digits && hex.length() >= PREFIX ? prefix(hex) : Optional.empty();
    }

    private Optional<ImageStore.Entry> named(String text, boolean orId) throws ImageException {
        try {
            Reference reference = Reference.parse(text);
            Digest digest = reference.digest();
            return Optional.ofNullable(store.named(digest == null ? reference : reference.at(digest)));
        } catch (ImageException e) {
            if (orId) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<ImageStore.Entry> prefix(String hex) throws ImageException {
        ImageStore.Entry found = null;
        for (ImageStore.Entry entry : store.entries().values()) {
            if (entry.record().id().hex().startsWith(hex)) {
                if (found != null) {
                    throw new ImageException(Kind.INVALID_ARGUMENT, "image id \"" + hex + "\" is ambiguous: give more digits");
                }
                found = entry;
            }
        }
        return Optional.ofNullable(found);
    }
}
