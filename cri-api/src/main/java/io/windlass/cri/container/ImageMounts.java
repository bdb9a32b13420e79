package io.windlass.cri.container;

import io.windlass.cri.container.ContainerRecord.ImageMount;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.MountPropagation;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.spec.MountSpec;
import io.windlass.snapshotter.image.Image;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Images that a request mounts as volumes. Each keeps its layers by an active snapshot that nobody writes to, for as long as the container is there.
 *
 * <p>
 * Every refusal starts with the word by which a kubelet knows that it was a volume's image and not the container's.
 */
final class ImageMounts {
    private static final Set<Integer> ABSENT = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
    private static final String REFUSED = "ImageVolumeMountFailed: mount ";

    private ImageMounts() {}

    static boolean is(Mount mount) {
        return mount.hasImage();
    }

    /** Checks what can be checked without looking for the image; all refusals are INVALID_ARGUMENT. */
    static void check(Mount mount) {
        if (mount.getImage().getImage().isEmpty()) {
            throw invalid(mount, "image is empty");
        }
        if (!mount.getHostPath().isEmpty()) {
            throw invalid(mount, "an image and a host_path exclude each other");
        }
        if (!mount.getReadonly()) {
            throw invalid(mount, "an image can only be mounted with readonly");
        }
        if (mount.getPropagation() != MountPropagation.PROPAGATION_PRIVATE) {
            throw invalid(mount, "an image needs private propagation");
        }
        var path = mount.getImageSubPath();
        if (path.startsWith("/") || ("/" + path + "/").contains("/../") || path.indexOf('\0') >= 0) {
            throw invalid(mount, "image_sub_path \"" + path.replace('\0', '?') + "\" must be relative, without \"..\"");
        }
    }

    /**
     * Finds the images of a request, in its order.
     *
     * @throws CriException NOT_FOUND for an image that is not on this node
     */
    static List<ImageMount> find(List<Mount> mounts, Images images) throws ImageException {
        var found = new ArrayList<ImageMount>();
        for (var mount : mounts) {
            if (is(mount)) {
                var image = find(mount, images);
                found.add(new ImageMount(mount.getContainerPath(), mount.getImageSubPath(), image.id().toString(),
                        image.chainId().toString()));
            }
        }
        return found;
    }

    private static Image find(Mount mount, Images images) throws ImageException {
        var name = mount.getImage().getImage();
        return images.find(name).orElseThrow(() -> CriException
                .notFound(REFUSED + mount.getContainerPath() + ": image \"" + name + "\" is not on this node: pull it first"));
    }

    /** Keeps the layers, and makes sure that the sub paths are there. Undone by {@link #remove}. */
    static void create(ContainerRecord container, Snapshotter snapshots) throws IOException {
        for (int i = 0; i < container.images().size(); i++) {
            var mount = container.images().get(i);
            var chain = chain(mount);
            try {
                snapshots.prepare(key(container.id(), i), chain);
                if (!mount.subPath().isEmpty()) {
                    ImageView.read(snapshots.view(chain), root -> {
                        root.open(mount.subPath(), Fcntl.O_PATH).close();
                        return container;
                    });
                }
            } catch (ErrnoException e) {
                if (ABSENT.contains(e.errno())) {
                    throw CriException.invalidArgument(REFUSED + mount.destination() + ": image " + mount.image() + " has no \""
                            + mount.subPath() + "\": " + e.getMessage());
                }
                throw e;
            } catch (ImageException e) {
                throw new ImageException(e.kind(), REFUSED + mount.destination() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Lets the layers go. Repeatable. */
    static void remove(ContainerRecord container, Snapshotter snapshots) throws ImageException {
        for (var key : keys(container)) {
            snapshots.remove(key);
        }
    }

    /** Returns the names of the snapshots that keep the layers. */
    static List<String> keys(ContainerRecord container) {
        var keys = new ArrayList<String>();
        for (int i = 0; i < container.images().size(); i++) {
            keys.add(key(container.id(), i));
        }
        return keys;
    }

    /** Returns the mounts. */
    static List<MountSpec> specs(ContainerRecord container, Snapshotter snapshots) throws ImageException {
        var specs = new ArrayList<MountSpec>();
        var requested = container.config().getMountsList().stream().filter(ImageMounts::is).iterator();
        for (var image : container.images()) {
            var view = snapshots.view(chain(image));
            specs.add(new MountSpec.Image(image.destination(), view.base(), view.lowers(), image.subPath(),
                    MountOptions.of(requested.next())));
        }
        return specs;
    }

    /** Returns the mounts of a request as a status shows them: with the image that was found. */
    static List<Mount> shown(ContainerRecord container) {
        var images = container.images().iterator();
        return container.config().getMountsList().stream().map(mount -> is(mount)
                ? mount.toBuilder().setImage(mount.getImage().toBuilder().setImageRef(images.next().image())).build()
                : mount).toList();
    }

    private static String key(ObjectId container, int number) {
        return container.value() + "-image-" + number;
    }

    private static ChainId chain(ImageMount mount) throws ImageException {
        return new ChainId(Digest.parse(mount.chainId()));
    }

    private static CriException invalid(Mount mount, String why) {
        return CriException.invalidArgument(REFUSED + mount.getContainerPath() + ": " + why);
    }
}
