package io.windlass.cri.container.spec;

import java.util.List;

/**
 * What a container keeps of its image, so that it can be started and described when the image's tags have moved on.
 *
 * @param id the digest of the image's configuration
 * @param reference what a status shows as image_ref: a digest reference, or the id for an image without one
 * @param name a tag to show, or the id
 * @param chainId the digest that names the stack of layers
 * @param user the image's USER; may be empty
 * @param workingDir may be empty
 * @param stopSignal may be empty
 * @param volumes paths inside the image
 */
public record ImageFacts(String id, String reference, String name, String chainId, String user, List<String> entrypoint, List<String> cmd,
        List<String> env, String workingDir, String stopSignal, List<String> volumes) {
    public ImageFacts {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        env = List.copyOf(env);
        volumes = List.copyOf(volumes);
    }
}
