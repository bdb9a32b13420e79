package io.windlass.cri.cli;

import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.config.DefaultText;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windlass config}: what can be configured, and whether a file is understood. */
@Command(name = "config", description = "Print or check the daemon's configuration.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {

    @Spec
    private CommandSpec spec;

    @Command(name = "default", description = "Print all keys with what they mean and their defaults, as a file to start from.", mixinStandardHelpOptions = true)
    void printDefault() {
        spec.commandLine().getOut().print(DefaultText.render());
        spec.commandLine().getOut().flush();
    }

    @Command(name = "check", description = "Say whether the daemon would start with a file.", mixinStandardHelpOptions = true)
    void check(@Parameters(paramLabel = "FILE", arity = "0..1", defaultValue = "/etc/windlass/config.toml") Path file) {
        ConfigFiles.load(file);
        spec.commandLine().getOut().println(file + " is fine");
    }
}
