package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import java.util.Arrays;
import java.util.List;

/** What the build runs to fill the command line's AOT cache: the usual verbs, one after the other. Not listed, as nobody else needs it. */
final class Training implements Verb {

    private static final List<String> LINES = List.of("version", "info", "info -o json", "images", "images -o json", "ps", "ps -a -o json",
            "pods",
            "pods -o json", "stats -i 1", "inspect nothing", "logs nothing", "exec nothing true", "stop nothing", "rm nothing",
            "rmi nothing",
            "run --rm 127.0.0.1:1/nothing/at:all", "help", "run --help", "completion bash", "wrong");

    @Override
    public Usage usage() {
        return Usage.of("train", "Run many commands.");
    }

    @Override
    public int run(Arguments arguments, Output out) {
        LINES.forEach(line -> Main.run(Arrays.asList(line.split(" ")), out));
        return 0;
    }
}
