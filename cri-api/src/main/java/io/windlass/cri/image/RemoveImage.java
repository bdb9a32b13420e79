package io.windlass.cri.image;

import io.windlass.cri.v1.RemoveImageRequest;
import io.windlass.cri.v1.RemoveImageResponse;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;

/** RPC RemoveImage: with all names of the image, and then the layers that nothing needs any more. */
public final class RemoveImage {

    private final Images images;

    /** A removal from these images. */
    public RemoveImage(Images images) {
        this.images = images;
    }

    /** Answers the call; an unknown image is no error. */
    public RemoveImageResponse call(RemoveImageRequest request) throws ImageException {
        images.remove(CriImages.name(request.getImage()));
        return RemoveImageResponse.getDefaultInstance();
    }
}
