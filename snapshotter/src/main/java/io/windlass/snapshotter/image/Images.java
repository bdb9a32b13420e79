package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.Credentials;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images of a node.
 *
 * <pre>{@code
 * Snapshotter snapshots = OverlaySnapshotter.open(root.resolve("snapshots"));
 * try (Images images = LocalImages.open(root, snapshots, ImageOptions.defaults())) {
 *     Image image = images.pull(Reference.parse("busybox"), null, Progress.NONE);
 *     snapshots.prepare(containerId, image.chainId());
 * }
 * }</pre>
 *
 * <p>
 * Every failure is an {@link ImageException}, whose kind decides the gRPC code. {@link #list} and {@link #find} never wait.
 */
public interface Images extends AutoCloseable {

    /**
     * Fetches and unpacks an image, or joins a pull of the same reference with the same credentials that is under way. Returns when everything is on disk.
     * When every caller that waits for a pull is interrupted, the pull is given up.
     *
     * @param credentials for the registry, or null
     * @throws InterruptedException when the caller is interrupted
     */
    Image pull(Reference reference, @Nullable Credentials credentials, Progress progress) throws ImageException, InterruptedException;

    /** Returns all images, sorted by id. */
    List<Image> list();

    /**
     * Finds by id ({@code sha256:…} or its hex digits), by a name in any form Docker reads, or by a prefix of the id of at least 4 digits.
     *
     * @throws ImageException of kind INVALID_ARGUMENT when it is neither, or a prefix of several ids
     */
    Optional<Image> find(String idOrName) throws ImageException;

    /**
     * Removes the image that {@code idOrName} finds, with all its names, then what only it needed. Containers that run from it go on. An unknown image is
     * no error.
     */
    void remove(String idOrName) throws ImageException;

    /**
     * Makes an image of one layer from an uncompressed tar stream and names it {@code reference}, which must have a tag.
     *
     * @param config how to run it; its diffIDs are replaced
     */
    Image importLayer(Reference reference, InputStream tar, ImageConfig config) throws ImageException;

    /**
     * Returns the JSON document of CRI's verbose image status: {@code {"chainID": …, "imageSpec": …}}, the latter the configuration as it was pulled.
     *
     * @throws ImageException of kind NOT_FOUND when it is removed meanwhile
     */
    String verbose(Image image) throws ImageException;

    /** Returns where images live and what their layers take. */
    ImageFilesystem filesystem() throws ImageException;

    /** Deletes blobs and layers that no image, active snapshot or running pull needs, and parts of blobs. Returns how many blobs and layers were deleted. */
    int collectGarbage() throws ImageException;

    /** Gives up running pulls and stops their threads. */
    @Override
    void close();
}
