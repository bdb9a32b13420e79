package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Finds plugins, runs them, and reads what they say (CNI specification 1.1, section 2). */
final class PluginExec {
    private final PluginEnvironment environment;
    private final Duration deadline;

    /** @param deadline for one run of one plugin; then it is killed with its process group */
    PluginExec(PluginEnvironment environment, Duration deadline) {
        this.environment = environment;
        this.deadline = deadline;
    }

    /** @throws NetworkException of kind NOT_READY where no directory has it */
    Path find(NetworkConfigList list, PluginConfig plugin) throws NetworkException {
        for (Path directory : environment.binDirs()) {
            Path binary = directory.resolve(plugin.type());
            if (Files.isRegularFile(binary) && Files.isExecutable(binary)) {
                return binary;
            }
        }
        throw new NetworkException(Kind.NOT_READY, list.label() + ": plugin \"" + plugin.type() + "\" is not in " + environment.binDirs()
                + ": install it there, or set cni.bin_dirs");
    }

    /** Runs ADD and returns the plugin's result in the list's version. */
    ObjectNode add(AttachmentRecord record, PluginConfig plugin, @Nullable ObjectNode prevResult) throws NetworkException {
        NetworkConfigList list = record.network();
        PluginOutcome outcome = runForAttachment(PluginCommand.ADD, record, plugin, record.netns(), prevResult);
        try {
            ObjectNode result = Json.parseObject(outcome.stdout());
            if (!result.has("cniVersion")) {
                result.put("cniVersion", list.version().toString());
            }
            return ResultCodec.convert(result, list.version());
        } catch (MalformedJsonException e) {
            throw new NetworkException(Kind.FAILED,
                    step(list, plugin, PluginCommand.ADD) + " succeeded but its result is not valid JSON: " + e.getMessage(), e);
        }
    }

    /** @param netns the namespace's path, or empty where it is gone */
    void del(AttachmentRecord record, PluginConfig plugin, String netns) throws NetworkException {
        runForAttachment(PluginCommand.DEL, record, plugin, netns, record.network().version().hasCheck() ? record.result() : null);
    }

    void check(AttachmentRecord record, PluginConfig plugin, String netns) throws NetworkException {
        runForAttachment(PluginCommand.CHECK, record, plugin, netns, record.result());
    }

    /** Runs STATUS or GC with an input derived by the caller. */
    void runForNetwork(PluginCommand command, NetworkConfigList list, PluginConfig plugin, ObjectNode input) throws NetworkException {
        run(command, list, plugin, environment.forNetwork(command), input);
    }

    private PluginOutcome runForAttachment(PluginCommand command, AttachmentRecord record, PluginConfig plugin, String netns,
            @Nullable ObjectNode prevResult) throws NetworkException {
        ObjectNode input = PluginInput.forAttachment(record.network(), plugin, record.runtimeConfig(), prevResult);
        return run(command, record.network(), plugin, environment.forAttachment(command, record, netns), input);
    }

    private PluginOutcome run(PluginCommand command, NetworkConfigList list, PluginConfig plugin, List<String> variables, ObjectNode input)
            throws NetworkException {
        Path binary = find(list, plugin);
        PluginOutcome outcome;
        try {
            outcome = PluginProcess.run(binary, variables, Json.bytes(input), deadline);
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, step(list, plugin, command) + " cannot be started: " + e.getMessage(), e);
        }
        if (!outcome.succeeded()) {
            throw PluginFailure.of(step(list, plugin, command), outcome);
        }
        return outcome;
    }

    private static String step(NetworkConfigList list, PluginConfig plugin, PluginCommand command) {
        return list.label() + ": plugin \"" + plugin.type() + "\" on " + command;
    }
}
