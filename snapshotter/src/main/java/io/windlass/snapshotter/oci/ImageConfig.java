package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an image says about running it. See the OCI image specification, config.md. All of it is untrusted, and stays in memory for as long
 * as the image is on the node: what nothing reads, such as labels, is not held, and the rest is limited.
 *
 * @param platform what it runs on
 * @param user {@code user[:group]}, each a name or a number, or empty
 * @param env {@code NAME=value} strings
 * @param entrypoint the program and its first arguments
 * @param cmd default arguments, or the program when there is no entrypoint
 * @param workingDir an absolute path, or empty
 * @param stopSignal a signal's name or number, or empty
 * @param volumes paths that want storage of their own
 * @param diffIds digests of the uncompressed layers, the lowest first
 */
public record ImageConfig(Platform platform, String user, List<String> env, List<String> entrypoint, List<String> cmd, String workingDir,
        String stopSignal, List<String> volumes, List<Digest> diffIds) {
    private static final int STRING_LIMIT = 4_000;
    /** Twice what the kernel takes for one string of a program, MAX_ARG_STRLEN of execve(2). */
    private static final int CHARACTER_LIMIT = 1 << 18;

    public ImageConfig {
        env = List.copyOf(env);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        volumes = List.copyOf(volumes);
        diffIds = List.copyOf(diffIds);
    }

    /** Returns a configuration for this machine that runs {@code cmd} with {@code env}, for an image that is made here. */
    public static ImageConfig local(List<String> env, List<String> cmd) {
        return new ImageConfig(Platform.host(), "", env, List.of(), cmd, "", "", List.of(), List.of());
    }

    /**
     * Parses a configuration.
     *
     * @throws ImageException of kind INVALID_ARGUMENT when it is malformed or too large to be kept
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
                Json.text(config, "StopSignal"), Json.names(config, "Volumes"), diffIds).limited();
    }

    private ImageConfig limited() throws ImageException {
        List<String> single = List.of(platform.os(), platform.architecture(), platform.variant(), user, workingDir, stopSignal);
        List<String> strings = Stream.of(single, env, entrypoint, cmd, volumes).flatMap(List::stream).toList();
        long characters = strings.stream().mapToLong(String::length).sum();
        if (strings.size() > STRING_LIMIT || characters > CHARACTER_LIMIT) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "the image configuration has " + strings.size() + " variables, arguments and volumes with " + characters
                            + " characters, the limit is " + STRING_LIMIT + " with " + CHARACTER_LIMIT);
        }
        return this;
    }

    /** Returns this configuration with other layers. */
    public ImageConfig withDiffIds(List<Digest> layers) {
        return new ImageConfig(platform, user, env, entrypoint, cmd, workingDir, stopSignal, volumes, layers);
    }

    /** Returns the document; what this record does not hold (history, labels) is not in it. */
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
        ObjectNode volumeNode = config.putObject("Volumes");
        volumes.forEach(volumeNode::putObject);
        ObjectNode rootfs = root.putObject("rootfs").put("type", "layers");
        strings(rootfs.putArray("diff_ids"), diffIds.stream().map(Digest::toString).toList());
        return Json.bytes(root);
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
