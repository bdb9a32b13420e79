package io.windlass.cri.image;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.AuthConfig;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.PullImageResponse;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.image.Progress;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.Credentials;
import org.jspecify.annotations.Nullable;

/** RPC PullImage: answers with the image's id once everything is on disk. */
public final class PullImage {

    /** What a kubelet looks for at the start of a message to tell a registry that is down from an image that is not there. */
    private static final String DOWN = "RegistryUnavailable: ";

    private final Images images;

    /** A pull into these images. */
    public PullImage(Images images) {
        this.images = images;
    }

    /** Answers the call. */
    public PullImageResponse call(PullImageRequest request) throws ImageException, InterruptedException {
        return PullImageResponse.newBuilder().setImageRef(pull(request, Progress.NONE).id().toString()).build();
    }

    /** Pulls, and tells the progress. */
    public Image pull(PullImageRequest request, Progress progress) throws ImageException, InterruptedException {
        Reference reference = Reference.parse(CriImages.name(request.getImage()));
        try {
            return PullCancellation.call(() -> images.pull(reference, credentials(request.getAuth()), progress));
        } catch (ImageException e) {
            if (e.kind() == Kind.UNAVAILABLE) {
                throw new CriException(io.grpc.Status.Code.UNAVAILABLE, DOWN + e.getMessage(), e);
            }
            throw e;
        }
    }

    private static @Nullable Credentials credentials(AuthConfig auth) throws ImageException {
        return Credentials.of(auth.getUsername(), auth.getPassword(), auth.getAuth(), auth.getServerAddress(), auth.getIdentityToken(),
                auth.getRegistryToken()).orElse(null);
    }
}
