package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.config.DefaultText;
import java.nio.file.Path;

/** {@code windlass config}: what can be configured, and whether a file is understood. */
final class ConfigVerb implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("config", "Print all configuration keys with their defaults, or check a file.").operands("default | check [FILE]",
                1, 2);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        switch (arguments.first()) {
            case "default" -> out.out().print(DefaultText.render());
            case "check" -> {
                Path file = arguments.rest().isEmpty() ? ConfigFiles.DEFAULT : Path.of(arguments.rest().getFirst());
                ConfigFiles.load(file);
                out.line(file + " is fine");
            }
            default -> throw new UsageException("config wants default or check, not " + arguments.first());
        }
        return 0;
    }
}
