package io.windlass.cri.cli.args;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command line says: values by option, and the operands in their order. */
public final class Arguments {

    private final Map<String, List<String>> values;
    private final List<String> operands;

    Arguments(Map<String, List<String>> values, List<String> operands) {
        this.values = Map.copyOf(values);
        this.operands = List.copyOf(operands);
    }

    /** Whether the flag is there. */
    public boolean has(String option) {
        return values.containsKey(option);
    }

    /** All values of an option. */
    public List<String> all(String option) {
        return values.getOrDefault(option, List.of());
    }

    /** The last value of an option. */
    public Optional<String> last(String option) {
        List<String> all = all(option);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** The last value of an option, or another one. */
    public String last(String option, String other) {
        return last(option).orElse(other);
    }

    /**
     * The last value as a whole number.
     *
     * @throws UsageException when it is none, or negative
     */
    public long number(String option, long other) {
        Optional<String> text = last(option);
        if (text.isEmpty()) {
            return other;
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new UsageException("--" + option + " wants a whole number, not \"" + text.get() + "\"");
    }

    /** What follows the options. */
    public List<String> operands() {
        return operands;
    }

    /** The first operand. */
    public String first() {
        return operands.getFirst();
    }

    /** All operands but the first. */
    public List<String> rest() {
        return operands.subList(1, operands.size());
    }
}
