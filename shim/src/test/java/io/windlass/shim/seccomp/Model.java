package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Rule;
import java.util.List;

/** What rules mean, written down as directly as can be. */
final class Model {
    private static final Action NO_SUCH_CALL = Action.errno(38);

    private Model() {}

    /** Returns the answers that are right: one for a call that is named, two for one that may be newer than the rules. */
    static List<Integer> answers(Seccomp seccomp, Abi abi, String name, long[] arguments) {
        List<Rule> named = seccomp.rules().stream().filter(rule -> rule.names().contains(name)).toList();
        Action action = named.stream().filter(rule -> holds(rule, abi, arguments)).map(Rule::action)
                .min((a, b) -> a.verdict().compareTo(b.verdict())).orElse(seccomp.defaultAction());
        return named.isEmpty() ? List.of(action.value(), NO_SUCH_CALL.value()) : List.of(action.value());
    }

    private static boolean holds(Rule rule, Abi abi, long[] arguments) {
        long indexes = rule.conditions().stream().mapToInt(Condition::index).distinct().count();
        return indexes < rule.conditions().size()
                ? rule.conditions().stream().anyMatch(c -> holds(c, abi, arguments[c.index()]))
                : rule.conditions().stream().allMatch(c -> holds(c, abi, arguments[c.index()]));
    }

    private static boolean holds(Condition condition, Abi abi, long argument) {
        long width = abi.bits() == 32 ? 0xffffffffL : -1;
        long value = condition.value() & width;
        int order = Long.compareUnsigned(argument & width, value);
        return switch (condition.operator()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case MASKED_EQUAL -> (argument & value) == (condition.second() & value);
        };
    }
}
