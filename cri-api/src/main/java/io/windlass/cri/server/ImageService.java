package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cri.image.ImageFsInfo;
import io.windlass.cri.image.ImageStatus;
import io.windlass.cri.image.ListImages;
import io.windlass.cri.image.PullImage;
import io.windlass.cri.image.RemoveImage;
import io.windlass.cri.v1.ImageServiceGrpc;
import io.windlass.snapshotter.image.Images;
import java.time.InstantSource;

/** Which class answers which RPC of runtime.v1.ImageService. */
final class ImageService {

    private ImageService() {}

    static ServerServiceDefinition define(Images images, InFlight inFlight) {
        return new CallTable(ImageServiceGrpc.getServiceDescriptor(), inFlight)
                .unary(ImageServiceGrpc.getListImagesMethod(), new ListImages(images)::call)
                .unary(ImageServiceGrpc.getImageStatusMethod(), new ImageStatus(images)::call)
                .unary(ImageServiceGrpc.getPullImageMethod(), new PullImage(images)::call)
                .unary(ImageServiceGrpc.getRemoveImageMethod(), new RemoveImage(images)::call)
                .unary(ImageServiceGrpc.getImageFsInfoMethod(), new ImageFsInfo(images, InstantSource.system())::call).build();
    }
}
