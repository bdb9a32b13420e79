package io.windlass.cri.cli.args;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a command line as most people write it: {@code --name value}, {@code --name=value}, {@code -n value}, {@code -nvalue}, flags together
 * as in {@code -it}, {@code --} before operands that begin with a dash, options before and after operands.
 */
public final class Parser {

    private final Usage usage;
    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> operands = new ArrayList<>();
    private final List<String> words;
    private int next;

    private Parser(Usage usage, List<String> words) {
        this.usage = usage;
        this.words = words;
    }

    /**
     * The arguments of a verb.
     *
     * @throws UsageException for an unknown option, a value that is missing, or too few or too many operands
     */
    public static Arguments parse(Usage usage, List<String> words) {
        Parser parser = new Parser(usage, words);
        parser.read();
        Arguments arguments = new Arguments(parser.values, parser.operands);
        int count = arguments.operands().size();
        if (!arguments.has("help") && (count < usage.least() || count > usage.most())) {
            throw parser.wrong(count < usage.least() ? "something is missing" : "\"" + arguments.operands().getLast() + "\" is too much");
        }
        return arguments;
    }

    private void read() {
        while (next < words.size()) {
            String word = words.get(next++);
            boolean inCommand = usage.command() && !operands.isEmpty();
            if (inCommand || word.equals("-") || !word.startsWith("-")) {
                operands.add(word);
            } else if (word.equals("--")) {
                operands.addAll(words.subList(next, words.size()));
                next = words.size();
            } else if (word.startsWith("--")) {
                longOption(word.substring(2));
            } else {
                letters(word.substring(1));
            }
        }
    }

    private void longOption(String word) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = usage.options().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow(() -> unknown("--" + name));
        if (equals >= 0 && !option.takesValue()) {
            throw wrong("--" + name + " takes no value");
        }
        put(option, equals >= 0 ? Optional.of(word.substring(equals + 1)) : Optional.empty());
    }

    private void letters(String word) {
        for (int i = 0; i < word.length(); i++) {
            char letter = word.charAt(i);
            Option option = usage.options().stream().filter(o -> o.brief() == letter).findFirst().orElseThrow(() -> unknown("-" + letter));
            if (option.takesValue()) {
                String rest = word.substring(i + 1);
                put(option, rest.isEmpty() ? Optional.empty() : Optional.of(rest.startsWith("=") ? rest.substring(1) : rest));
                return;
            }
            put(option, Optional.empty());
        }
    }

    private void put(Option option, Optional<String> attached) {
        List<String> list = values.computeIfAbsent(option.name(), name -> new ArrayList<>());
        if (option.takesValue()) {
            list.add(attached.orElseGet(() -> nextWord(option)));
        }
    }

    private String nextWord(Option option) {
        if (next == words.size()) {
            throw wrong("--" + option.name() + " wants a value: " + option.value());
        }
        return words.get(next++);
    }

    private UsageException unknown(String option) {
        return wrong("unknown option " + option);
    }

    private UsageException wrong(String why) {
        return new UsageException(why + "; usage: " + usage.synopsis() + "; windlass " + usage.verb() + " --help says more");
    }
}
