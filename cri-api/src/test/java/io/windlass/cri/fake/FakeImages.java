package io.windlass.cri.fake;

import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.ImageFilesystem;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.image.Progress;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.Credentials;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The images that a test puts here, found by their id or their first tag. */
public final class FakeImages implements Images {
    public final List<Image> images = new ArrayList<>();

    @Override
    public List<Image> list() {
        return images;
    }

    @Override
    public Optional<Image> find(String idOrName) {
        return images.stream().filter(
                image -> image.id().toString().equals(idOrName) || image.tags().stream().anyMatch(tag -> tag.toString().equals(idOrName)))
                .findFirst();
    }

    @Override
    public Image pull(Reference reference, @Nullable Credentials credentials, Progress progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove(String idOrName) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Image importLayer(Reference reference, InputStream tar, ImageConfig config) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String verbose(Image image) {
        return "{}";
    }

    @Override
    public ImageFilesystem filesystem() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int collectGarbage() {
        return 0;
    }

    @Override
    public void close() {}
}
