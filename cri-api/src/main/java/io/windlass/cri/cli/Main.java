package io.windlass.cri.cli;

import picocli.CommandLine;

/** Entry point of {@code windlass}. */
public final class Main {

    private Main() {}

    /** Runs the verb of the arguments and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Windlass());
        line.setExecutionExceptionHandler(new Failures());
        line.setUsageHelpAutoWidth(true);
        line.setStopAtPositional(true);
        return line;
    }
}
