package io.windlass.cri.image;

import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.ImageStatusResponse;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;
import java.util.Optional;

/** RPC ImageStatus: an image that is not there is no error but an answer without an image. */
public final class ImageStatus {

    private final Images images;

    /** The status of these images. */
    public ImageStatus(Images images) {
        this.images = images;
    }

    /** Answers the call. */
    public ImageStatusResponse call(ImageStatusRequest request) throws ImageException {
        Optional<Image> found = images.find(CriImages.name(request.getImage()));
        if (found.isEmpty()) {
            return ImageStatusResponse.getDefaultInstance();
        }
        ImageStatusResponse.Builder response = ImageStatusResponse.newBuilder().setImage(CriImages.of(found.get()));
        if (request.getVerbose()) {
            response.putInfo("info", images.verbose(found.get()));
        }
        return response.build();
    }
}
