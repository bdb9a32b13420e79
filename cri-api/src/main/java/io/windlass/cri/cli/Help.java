package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;

/** {@code windlass help}: all verbs, or one in full. */
final class Help implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("help", "List all commands, or explain one.").operands("[COMMAND]", 0, 1);
    }

    @Override
    public int run(Arguments arguments, Output out) {
        if (!arguments.operands().isEmpty()) {
            out.out().print(Verbs.find(arguments.first()).usage().help());
            return 0;
        }
        out.line("usage: windlass COMMAND [OPTIONS] …\n\nA container runtime for Kubernetes nodes, and the tool to look into one.\n");
        for (Verbs.Entry entry : Verbs.ALL) {
            out.line("  %-12s%s".formatted(entry.name(), entry.make().get().usage().summary()));
        }
        out.line("\nCommands that look into a runtime talk to the one at --endpoint, $CONTAINER_RUNTIME_ENDPOINT or " + Connection.DEFAULT
                + ".\nwindlass COMMAND --help says more.");
        return 0;
    }
}
