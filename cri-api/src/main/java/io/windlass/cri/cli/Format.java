package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.UsageException;

/** How an answer is printed. */
enum Format {
    /** For people. */
    TABLE,
    /** For programs: the CRI's message, as protobuf's JSON mapping has it. */
    JSON;

    static final Option OPTION = Option.of("output", 'o', "FORMAT", "table or json.");

    /** The format that was asked for. */
    static Format of(Arguments arguments) {
        return switch (arguments.last("output", "table")) {
            case "table" -> TABLE;
            case "json" -> JSON;
            default -> throw new UsageException("--output wants table or json, not " + arguments.last("output", ""));
        };
    }
}
