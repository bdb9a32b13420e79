package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import java.io.IOException;

/** {@code windlass exec}: runs a command in a container, prints its output when it has ended, and exits with its code. */
final class Exec implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("exec", "Run a command in a container and exit with its code.").command("CONTAINER COMMAND [ARGUMENT…]", 2)
                .with(Option.of("limit", 'l', "SECONDS", "Kill the command after this time. Default: never.")).with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException {
        try (Connection runtime = Connection.open(arguments)) {
            String id = new Ids(runtime).container(arguments.first()).getId();
            ExecSyncResponse response = runtime.patient()
                    .execSync(ExecSyncRequest.newBuilder().setContainerId(id).addAllCmd(arguments.rest())
                            .setTimeout(arguments.number("limit", 0)).build());
            response.getStdout().writeTo(out.out());
            response.getStderr().writeTo(out.err());
            return response.getExitCode();
        }
    }
}
