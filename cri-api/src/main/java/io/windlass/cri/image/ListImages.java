package io.windlass.cri.image;

import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.ListImagesResponse;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;
import java.util.List;

/** RPC ListImages: all images, or the one the filter names. */
public final class ListImages {

    private final Images images;

    /** A list of these images. */
    public ListImages(Images images) {
        this.images = images;
    }

    /** Answers the call; a filter that names no image, or is no name at all, gives an empty list. */
    public ListImagesResponse call(ListImagesRequest request) {
        ListImagesResponse.Builder response = ListImagesResponse.newBuilder();
        String name = request.getFilter().getImage().getImage();
        List<Image> found = name.isEmpty() ? images.list() : find(name);
        found.forEach(image -> response.addImages(CriImages.of(image)));
        return response.build();
    }

    private List<Image> find(String name) {
        try {
            return images.find(name).stream().toList();
        } catch (ImageException e) {
            return List.of();
        }
    }
}
