package io.windlass.cri.image;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Int64Value;

/** The CRI's view of an image. */
final class CriImages {

    private CriImages() {}

    /** The image as it goes on the wire. */
    static Image of(io.windlass.snapshotter.image.Image image) {
        String id = image.id().toString();
        Image.Builder builder = Image.newBuilder().setId(id).setSize(image.size()).setUsername(image.username()).setPinned(image.pinned())
                .setSpec(ImageSpec.newBuilder().setImage(id));
        image.tags().forEach(tag -> builder.addRepoTags(tag.toString()));
        image.digests().forEach(digest -> builder.addRepoDigests(digest.toString()));
        image.uid().ifPresent(uid -> builder.setUid(Int64Value.newBuilder().setValue(uid)));
        return builder.build();
    }

    /**
     * The name in a spec.
     *
     * @throws CriException of code InvalidArgument when there is none
     */
    static String name(ImageSpec spec) {
        if (spec.getImage().isEmpty()) {
            throw CriException.invalidArgument("the request names no image: set image.image");
        }
        return spec.getImage();
    }
}
