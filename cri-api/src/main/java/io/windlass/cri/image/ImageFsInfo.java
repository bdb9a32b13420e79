package io.windlass.cri.image;

import io.windlass.cri.v1.FilesystemIdentifier;
import io.windlass.cri.v1.FilesystemUsage;
import io.windlass.cri.v1.ImageFsInfoRequest;
import io.windlass.cri.v1.ImageFsInfoResponse;
import io.windlass.cri.v1.UInt64Value;
import io.windlass.snapshotter.image.ImageFilesystem;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** RPC ImageFsInfo: layers and writable layers are in one place, so both lists name the same file system. */
public final class ImageFsInfo {

    private final Images images;
    private final InstantSource clock;

    /** The file system of these images. */
    public ImageFsInfo(Images images, InstantSource clock) {
        this.images = images;
        this.clock = clock;
    }

    /** Answers the call. */
    public ImageFsInfoResponse call(ImageFsInfoRequest request) throws ImageException {
        ImageFilesystem filesystem = images.filesystem();
        FilesystemUsage usage = FilesystemUsage.newBuilder().setTimestamp(nanos(clock.instant()))
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(filesystem.mountpoint().toString()))
                .setUsedBytes(UInt64Value.newBuilder().setValue(filesystem.used().bytes()))
                .setInodesUsed(UInt64Value.newBuilder().setValue(filesystem.used().inodes())).build();
        return ImageFsInfoResponse.newBuilder().addImageFilesystems(usage).addContainerFilesystems(usage).build();
    }

    private static long nanos(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
