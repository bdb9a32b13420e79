package io.windlass.cri.image;

import io.windlass.cri.stats.Layers;
import io.windlass.cri.v1.FilesystemIdentifier;
import io.windlass.cri.v1.FilesystemUsage;
import io.windlass.cri.v1.ImageFsInfoRequest;
import io.windlass.cri.v1.ImageFsInfoResponse;
import io.windlass.cri.v1.UInt64Value;
import io.windlass.snapshotter.image.ImageFilesystem;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Usage;
import java.util.function.Supplier;

/**
 * RPC ImageFsInfo: layers and writable layers are in one place, so both lists name the same file system. What containers wrote is not walked
 * through for a call: a node's eviction waits for it.
 */
public final class ImageFsInfo {

    private final Images images;
    private final Supplier<Layers.Layer> written;

    /**
     * The file system of these images.
     *
     * @param written what all containers wrote, and when that was
     */
    public ImageFsInfo(Images images, Supplier<Layers.Layer> written) {
        this.images = images;
        this.written = written;
    }

    /** Answers the call. */
    public ImageFsInfoResponse call(ImageFsInfoRequest request) throws ImageException {
        ImageFilesystem filesystem = images.filesystem();
        Layers.Layer containers = written.get();
        Usage used = filesystem.layers().plus(containers.usage());
        FilesystemUsage usage = FilesystemUsage.newBuilder().setTimestamp(containers.at())
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(filesystem.mountpoint().toString()))
                .setUsedBytes(UInt64Value.newBuilder().setValue(used.bytes()))
                .setInodesUsed(UInt64Value.newBuilder().setValue(used.inodes())).build();
        return ImageFsInfoResponse.newBuilder().addImageFilesystems(usage).addContainerFilesystems(usage).build();
    }
}
