package io.windlass.cri.image;

import io.windlass.cri.v1.ImageFilter;
import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.ListImagesResponse;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;
import java.util.List;
import java.util.stream.Stream;

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
        select(request.getFilter()).forEach(response::addImages);
        return response.build();
    }

    /** The images that the filter lets through. */
    Stream<io.windlass.cri.v1.Image> select(ImageFilter filter) {
        String name = filter.getImage().getImage();
        return (name.isEmpty() ? images.list() : find(name)).stream().map(CriImages::of);
    }

    private List<Image> find(String name) {
        try {
            return images.find(name).stream().toList();
        } catch (ImageException e) {
            return List.of();
        }
    }
}
