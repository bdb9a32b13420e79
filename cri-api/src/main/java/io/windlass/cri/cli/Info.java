package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;

/** {@code windlass info}: whether the runtime is ready, and how it is configured. */
final class Info implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("info", "Say whether the runtime and its network are ready.").with(Connection.OPTIONS).with(Format.OPTION);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try (Connection runtime = Connection.open(arguments)) {
            StatusResponse status = runtime.runtime().status(StatusRequest.newBuilder().setVerbose(true).build());
            if (Format.of(arguments) == Format.JSON) {
                out.line(ProtoJson.render(status));
                return 0;
            }
            Table table = new Table("CONDITION", "STATUS", "MESSAGE");
            status.getStatus().getConditionsList()
                    .forEach(condition -> table.row(condition.getType(), condition.getStatus() ? "yes" : "no", condition.getMessage()));
            out.out().print(table.render());
            status.getRuntimeHandlersList()
                    .forEach(handler -> out.line("handler " + (handler.getName().isEmpty() ? "(default)" : handler.getName())));
            return 0;
        }
    }
}
