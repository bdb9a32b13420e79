package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Parser;
import io.windlass.cri.cli.args.UsageException;
import java.util.Arrays;
import java.util.List;

/** Entry point of {@code windlass}: finds the verb, lets it run, and exits with its code; 1 for a failure, 2 for wrong usage. */
public final class Main {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    /** Runs the verb that the arguments begin with. */
    public static void main(String[] args) {
        Output out = Output.standard();
        int code = run(Arrays.asList(args), out);
        out.flush();
        System.exit(code);
    }

    static int run(List<String> words, Output out) {
        try {
            return dispatch(words, out);
        } catch (UsageException e) {
            out.err().println("windlass: " + e.getMessage());
            return USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (Exception e) {
            out.err().println("windlass: " + Failures.text(e));
            if (System.getenv("WINDLASS_TRACE") != null) {
                e.printStackTrace(out.err());
            }
            return FAILED;
        }
    }

    private static int dispatch(List<String> words, Output out) throws Exception {
        String name = words.isEmpty() ? "help" : words.getFirst();
        Verb verb = switch (name) {
            case "--help", "-h" -> new Help();
            case "--version", "-v" -> new VersionVerb();
            case "train" -> new Training();
            default -> Verbs.find(name);
        };
        Arguments arguments = Parser.parse(verb.usage(), words.isEmpty() ? List.of() : words.subList(1, words.size()));
        if (arguments.has("help")) {
            out.out().print(verb.usage().help());
            return 0;
        }
        return verb.run(arguments, out);
    }
}
