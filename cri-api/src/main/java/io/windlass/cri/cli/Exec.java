package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.ExecRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import java.io.IOException;

/** {@code windlass exec}: runs a command in a container with the streams of this process, and exits with its code. */
final class Exec implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("exec", "Run a command in a container and exit with its code.").command("CONTAINER COMMAND [ARGUMENT…]", 2)
                .with(Option.flag("interactive", 'i', "Pass on standard input."), Option.flag("tty", 't', "Give it a terminal."),
                        Option.of("limit", 'l', "SECONDS", "Kill the command after this time; its output comes at the end."))
                .with(Connection.OPTIONS);
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException, InterruptedException {
        try (Connection runtime = Connection.open(arguments)) {
            String id = new Ids(runtime).container(arguments.first()).getId();
            return arguments.last("limit").isPresent() ? limited(runtime, id, arguments, out) : streamed(runtime, id, arguments, out);
        }
    }

    private static int limited(Connection runtime, String id, Arguments arguments, Output out) throws IOException {
        if (arguments.has("interactive") || arguments.has("tty")) {
            throw new IllegalArgumentException("--limit goes with neither --interactive nor --tty");
        }
        ExecSyncResponse response = runtime.patient().execSync(ExecSyncRequest.newBuilder().setContainerId(id)
                .addAllCmd(arguments.rest()).setTimeout(arguments.number("limit", 0)).build());
        response.getStdout().writeTo(out.out());
        response.getStderr().writeTo(out.err());
        return response.getExitCode();
    }

    private static int streamed(Connection runtime, String id, Arguments arguments, Output out) throws IOException, InterruptedException {
        boolean stdin = arguments.has("interactive");
        boolean tty = arguments.has("tty");
        String url = runtime.runtime().exec(ExecRequest.newBuilder().setContainerId(id).addAllCmd(arguments.rest()).setStdin(stdin)
                .setStdout(true).setStderr(!tty).setTty(tty).build()).getUrl();
        try (RawTerminal terminal = stdin && tty ? RawTerminal.open() : null) {
            return ExecStream.run(url, stdin ? System.in : null, terminal, out).code();
        }
    }
}
