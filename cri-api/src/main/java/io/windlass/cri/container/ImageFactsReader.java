package io.windlass.cri.container;

import io.windlass.cri.container.spec.ImageFacts;
import io.windlass.snapshotter.image.Image;

/** What a container keeps of an image. */
final class ImageFactsReader {
    private ImageFactsReader() {}

    static ImageFacts of(Image image) {
        var id = image.id().toString();
        var reference = image.digests().isEmpty() ? id : image.digests().getFirst().toString();
        var name = image.tags().isEmpty() ? id : image.tags().getFirst().toString();
        var config = image.config();
        return new ImageFacts(id, reference, name, image.chainId().toString(), config.user(), config.entrypoint(), config.cmd(),
                config.env(),
                config.workingDir(), config.stopSignal(), config.volumes());
    }
}
