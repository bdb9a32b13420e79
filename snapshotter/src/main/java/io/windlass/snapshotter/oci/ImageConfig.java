package io.windlass.snapshotter.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an image says about running it. See the OCI image specification, config.md. All of it is untrusted.
 *
 * @param platform what it runs on
 * @param user {@code user[:group]}, each a name or a number, or empty
 * @param env {@code NAME=value} strings
 * @param entrypoint the program and its first arguments
 * @param cmd default arguments, or the program when there is no entrypoint
 * @param workingDir an absolute path, or empty
 * @param stopSignal a signal's name or number, or empty
 * @param labels labels
 * @param volumes paths that want storage of their own
 * @param exposedPorts {@code port/protocol}
 * @param diffIds digests of the uncompressed layers, the lowest first
 */
public record ImageConfig(Platform platform, String user, List<String> env, List<String> entrypoint, List<String> cmd, String workingDir,
        String stopSignal,
        Map<String, String> labels, List<String> volumes, List<String> exposedPorts, List<Digest> diffIds) {

    public ImageConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        labels = Map.copyOf(labels);
        volumes = List.copyOf(volumes);
        exposedPorts = List.copyOf(exposedPorts);
        diffIds = List.copyOf(diffIds);
    }

    /** Returns a configuration for this machine that runs {@code cmd} with {@code env}, for an image that is made here. */
    public static ImageConfig local(List<String> env, List<String> cmd) {
        return new ImageConfig(Platform.host(), "", env, List.of(), cmd, "", "", Map.of(), List.of(), List.of(), List.of());
    }

    /**
     * Parses a configuration.
     *
     * @throws ImageException of kind INVALID_ARGUMENT when it is malformed
     */
    public static ImageConfig parse(byte[] bytes) throws ImageException {
        JsonNode root = Json.object(bytes, "the image configuration");
        JsonNode config = Json.member(root, "config");
        List<Digest> diffIds = new ArrayList<>();
        for (String diffId : Json.strings(Json.member(root, "rootfs"), "diff_ids")) {
            diffIds.add(Digest.parse(diffId));
        }
        return new ImageConfig(new Platform(Json.text(root, "os"), Json.text(root, "architecture"), Json.text(root, "variant")),
                Json.text(config, "User"),
                Json.strings(config, "Env"), Json.strings(config, "Entrypoint"), Json.strings(config, "Cmd"),
                Json.text(config, "WorkingDir"),
                Json.text(config, "StopSignal"), Json.stringMap(config, "Labels"), Json.names(config, "Volumes"),
                Json.names(config, "ExposedPorts"), diffIds);
    }

    /** Returns this configuration with other layers. */
    public ImageConfig withDiffIds(List<Digest> layers) {
        return new ImageConfig(platform, user, env, entrypoint, cmd, workingDir, stopSignal, labels, volumes, exposedPorts, layers);
    }

    /** Returns the document; what this record does not hold (history, author) is not in it. */
    public byte[] toJson() {
        ObjectNode root = Json.object();
        root.put("architecture", platform.architecture()).put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            root.put("variant", platform.variant());
        }
        ObjectNode config = root.putObject("config");
        config.put("User", user);
        strings(config.putArray("Env"), env);
        strings(config.putArray("Entrypoint"), entrypoint);
        strings(config.putArray("Cmd"), cmd);
        config.put("WorkingDir", workingDir).put("StopSignal", stopSignal);
        ObjectNode labelNode = config.putObject("Labels");
        labels.forEach(labelNode::put);
        ObjectNode volumeNode = config.putObject("Volumes");
        volumes.forEach(volumeNode::putObject);
        ObjectNode portNode = config.putObject("ExposedPorts");
        exposedPorts.forEach(portNode::putObject);
        ObjectNode rootfs = root.putObject("rootfs").put("type", "layers");
        strings(rootfs.putArray("diff_ids"), diffIds.stream().map(Digest::toString).toList());
        return Json.bytes(root);
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
