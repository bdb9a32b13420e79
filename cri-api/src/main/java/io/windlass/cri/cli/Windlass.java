package io.windlass.cri.cli;

import io.windlass.cri.server.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command all verbs hang on. */
@Command(name = "windlass", description = "A container runtime for Kubernetes nodes, and the tool to look into one.", mixinStandardHelpOptions = true, versionProvider = Windlass.Number.class, synopsisSubcommandLabel = "COMMAND", subcommands = {
        Serve.class, ConfigCommand.class, HelpCommand.class})
final class Windlass {

    /** What {@code --version} prints. */
    static final class Number implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[]{Version.NAME + " " + Version.NUMBER};
        }
    }
}
