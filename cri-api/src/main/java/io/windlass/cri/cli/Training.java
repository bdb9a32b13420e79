package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What the build runs to fill the AOT caches: {@code train ROOT} puts an image into a root directory that no daemon serves yet; {@code train} runs
 * the usual verbs, one after the other, among them a pod of that image, where there is one. Not listed, as nobody else needs it.
 */
final class Training implements Verb {

    private static final List<String> LINES = List.of("version", "info", "info -o json", "images", "images -o json", "ps", "ps -a -o json",
            "pods", "pods -o json", "stats -i 1", "inspect nothing", "logs nothing", "exec nothing true", "stop nothing", "rm nothing",
            "rmi nothing", "run --rm 127.0.0.1:1/nothing/at:all", "help", "run --help", "completion bash", "wrong",
            "run -d --name train " + BusyboxImage.NAME + " sleep 1000", "exec train true", "exec train echo trained", "ps", "pods", "stats",
            "inspect train", "logs train", "stop train", "rm -f train", "run --rm " + BusyboxImage.NAME + " true");

    @Override
    public Usage usage() {
        return Usage.of("train", "Run many commands.").command("[ROOT]", 0);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException {
        if (!arguments.operands().isEmpty()) {
            BusyboxImage.importInto(Files.createDirectories(Path.of(arguments.first())));
            return 0;
        }
        LINES.forEach(line -> Main.run(Arrays.asList(line.split(" ")), out));
        return 0;
    }
}
