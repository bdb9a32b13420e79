package io.windlass.cri.cli;

import io.windlass.cri.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;

/** Entry point of {@code windlass}. */
public final class Main {

    private Main() {}

    /** Runs the verb of the arguments and exits with its code. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("serve")) {
            System.exit(serve(ConfigFiles.DEFAULT));
        }
        if (args.length == 3 && args[0].equals("serve") && (args[1].equals("--config") || args[1].equals("-c"))) {
            System.exit(serve(Path.of(args[2])));
        }
        System.exit(commandLine().execute(args));
    }

    /** The usual way to start the daemon, without the tenth of a second that it takes to set the command line's parser up. */
    private static int serve(Path config) {
        try {
            return Serve.run(config);
        } catch (IOException | RuntimeException e) {
            System.err.println("windlass: " + Failures.text(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Windlass());
        line.setExecutionExceptionHandler(new Failures());
        line.setUsageHelpAutoWidth(true);
        line.setStopAtPositional(true);
        return line;
    }
}
