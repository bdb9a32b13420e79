package io.windlass.cri.container;

import io.windlass.cri.container.spec.ContainerUser;
import io.windlass.cri.container.spec.ImageFacts;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * All that is known of a container. Immutable: a change gives a new value. Its specification is not among it: that is built from this.
 *
 * @param config the request's configuration
 * @param createdAt nanoseconds since the epoch
 * @param logPath where its output goes; empty for nowhere
 * @param stopSignal the signal that asks it to end
 * @param resources the request's limits with all later updates
 * @param volumes fresh directories for the volumes of the image
 * @param images the images that are mounted, in the order of the request
 */
public record ContainerRecord(ObjectId id, ObjectId sandbox, ContainerConfig config, long createdAt, ImageFacts image, ContainerUser user,
        String logPath, int stopSignal, LinuxContainerResources resources, List<Volume> volumes, List<ImageMount> images,
        ContainerLife life) {

    /**
     * A volume of the image.
     *
     * @param destination the path in the container
     * @param directory the name of its directory among those of the container
     */
    public record Volume(String destination, String directory) {}

    /**
     * An image mounted as a volume.
     *
     * @param destination the path in the container
     * @param subPath the path in the image, or empty
     * @param image the image's id
     * @param chainId the digest that names its stack of layers
     */
    public record ImageMount(String destination, String subPath, String image, String chainId) {}

    public ContainerRecord {
        images = List.copyOf(images);
        volumes = List.copyOf(volumes);
    }

    /** Reads a record of this or an earlier daemon. */
    public static ContainerRecord parse(JsonNode json) throws Exception {
        return ContainerJson.read(json);
    }

    ContainerKey key() {
        return ContainerKey.of(sandbox, config.getMetadata());
    }

    ContainerRecord with(ContainerLife next) {
        return new ContainerRecord(id, sandbox, config, createdAt, image, user, logPath, stopSignal, resources, volumes, images, next);
    }

    ContainerRecord with(LinuxContainerResources next) {
        return new ContainerRecord(id, sandbox, config, createdAt, image, user, logPath, stopSignal, next, volumes, images, life);
    }
}
