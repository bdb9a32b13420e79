package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cri.image.ImageFsInfo;
import io.windlass.cri.image.ImageStatus;
import io.windlass.cri.image.ListImages;
import io.windlass.cri.image.PullImage;
import io.windlass.cri.image.RemoveImage;
import io.windlass.cri.image.StreamImages;
import io.windlass.cri.image.WatchPull;
import io.windlass.cri.progress.v1.PullServiceGrpc;
import io.windlass.cri.stats.Stats;
import io.windlass.cri.v1.ImageServiceGrpc;
import io.windlass.snapshotter.image.Images;

/** Which class answers which RPC of runtime.v1.ImageService. */
final class ImageService {

    private ImageService() {}

    /** The service beside the CRI, for pulls with progress. */
    static ServerServiceDefinition defineWatched(Images images, InFlight inFlight) {
        return new CallTable(PullServiceGrpc.getServiceDescriptor(), inFlight)
                .stream(PullServiceGrpc.getPullMethod(), new WatchPull(new PullImage(images))::call).build();
    }

    static ServerServiceDefinition define(Images images, Stats stats, InFlight inFlight) {
        PullImage pull = new PullImage(images);
        ListImages list = new ListImages(images);
        return new CallTable(ImageServiceGrpc.getServiceDescriptor(), inFlight)
                .unary(ImageServiceGrpc.getListImagesMethod(), list::call)
                .stream(ImageServiceGrpc.getStreamImagesMethod(), new StreamImages(list)::call)
                .unary(ImageServiceGrpc.getImageStatusMethod(), new ImageStatus(images)::call)
                .unary(ImageServiceGrpc.getPullImageMethod(), pull::call)
                .unary(ImageServiceGrpc.getRemoveImageMethod(), new RemoveImage(images)::call)
                .unary(ImageServiceGrpc.getImageFsInfoMethod(), new ImageFsInfo(images, stats::written)::call).build();
    }
}
