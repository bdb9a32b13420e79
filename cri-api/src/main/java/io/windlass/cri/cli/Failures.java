package io.windlass.cri.cli;

import io.grpc.StatusRuntimeException;
import io.windlass.cri.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints what went wrong as one line on stderr; exit code 1. */
final class Failures implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception error, CommandLine line, ParseResult parsed) {
        line.getErr().println(line.getCommandSpec().root().name() + ": " + text(error));
        if (System.getenv("WINDLASS_TRACE") != null) {
            error.printStackTrace(line.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    static String text(Exception error) {
        return switch (error) {
            case StatusRuntimeException e when e.getStatus().getDescription() != null -> e.getStatus().getDescription();
            case ConfigException e -> String.valueOf(e.getMessage());
            default -> error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        };
    }
}
