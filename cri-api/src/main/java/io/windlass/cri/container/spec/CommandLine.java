package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import java.util.ArrayList;
import java.util.List;

/** The program of a container and its arguments, out of the request and the image. */
public final class CommandLine {
    private CommandLine() {}

    /**
     * Merges as Kubernetes documents it: a command replaces the image's entrypoint and drops its cmd; arguments alone replace the cmd.
     *
     * @param command the request's command
     * @param args the request's arguments
     * @throws CriException INVALID_ARGUMENT when there is nothing to run
     */
    public static List<String> merge(List<String> command, List<String> args, List<String> entrypoint, List<String> cmd) {
        var line = new ArrayList<String>();
        if (!command.isEmpty()) {
            line.addAll(command);
            line.addAll(args);
        } else {
            if (!isBlank(entrypoint)) {
                line.addAll(entrypoint);
            }
            line.addAll(args.isEmpty() ? cmd : args);
        }
        if (line.isEmpty()) {
            throw CriException.invalidArgument("no command: set config.command, or use an image with an entrypoint or cmd");
        }
        return List.copyOf(line);
    }

    private static boolean isBlank(List<String> entrypoint) {
        return entrypoint.size() == 1 && entrypoint.getFirst().isEmpty();
    }
}
