package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ContainerStatusRequest;
import java.io.IOException;
import java.nio.file.Path;

/** {@code windlass logs}: reads the log file that ContainerStatus names, so it works on the node only. */
final class Logs implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("logs", "Print what a container has written.").operands("CONTAINER", 1, 1)
                .with(Option.flag("follow", 'f', "Go on until the container ends."),
                        Option.of("tail", 'n', "LINES", "Begin with the last lines only."),
                        Option.flag("timestamps", 't', "Print times, too."))
                .with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException, InterruptedException {
        try (Connection runtime = Connection.open(arguments)) {
            String id = new Ids(runtime).container(arguments.first()).getId();
            ContainerStatus status = runtime.runtime().containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build())
                    .getStatus();
            if (status.getLogPath().isEmpty()) {
                throw new IllegalArgumentException("container " + arguments.first() + " keeps no log: it was created without a log path");
            }
            try (LogTail tail = new LogTail(Path.of(status.getLogPath()), out, arguments.has("timestamps"))) {
                if (arguments.has("tail")) {
                    tail.printLast(arguments.number("tail", 0));
                } else {
                    tail.printNew();
                }
                if (arguments.has("follow")) {
                    new Following(runtime, id).until(tail);
                }
            }
            return 0;
        }
    }
}
