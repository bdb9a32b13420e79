package io.windlass.cri.cli.args;

import java.util.ArrayList;
import java.util.List;

/**
 * What a verb takes and what the help says about it.
 *
 * @param verb     its name
 * @param operands how the help names what follows the options, such as {@code IMAGE [COMMAND…]}
 * @param summary  what it does, one sentence
 * @param options  its options
 * @param least    fewest operands
 * @param most     most operands
 * @param command  whether everything from the second operand on belongs to a command to run, dashes or not
 */
public record Usage(String verb, String operands, String summary, List<Option> options, int least, int most, boolean command) {

    private static final Option HELP = Option.flag("help", 'h', "Print this text.");

    /** A verb without operands and options; the methods below add them. */
    public static Usage of(String verb, String summary) {
        return new Usage(verb, "", summary, List.of(HELP), 0, 0, false);
    }

    /** With operands. */
    public Usage operands(String label, int fewest, int highest) {
        return new Usage(verb, label, summary, options, fewest, highest, command);
    }

    /** With a first operand and a command after it. */
    public Usage command(String label, int fewest) {
        return new Usage(verb, label, summary, options, fewest, Integer.MAX_VALUE, true);
    }

    /** With more options; help stays the last. */
    public Usage with(Option... more) {
        List<Option> all = new ArrayList<>(options.subList(0, options.size() - 1));
        all.addAll(List.of(more));
        all.add(HELP);
        return new Usage(verb, operands, summary, List.copyOf(all), least, most, command);
    }

    /** With more options. */
    public Usage with(List<Option> more) {
        return with(more.toArray(new Option[0]));
    }

    /** One line: how to call it. */
    public String synopsis() {
        return "windlass " + verb + " [OPTIONS]" + (operands.isEmpty() ? "" : " " + operands);
    }

    /** The whole help text. */
    public String help() {
        StringBuilder text = new StringBuilder("usage: ").append(synopsis()).append("\n\n").append(summary).append("\n\n");
        int width = options.stream().mapToInt(option -> option.label().length()).max().orElse(0);
        options.forEach(option -> text.append("  ").append(option.label()).append(" ".repeat(width - option.label().length() + 3))
                .append(option.help()).append('\n'));
        return text.toString();
    }
}
