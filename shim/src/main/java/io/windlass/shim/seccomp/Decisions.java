package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about every number of one AUDIT_ARCH, as ranges.
 *
 * <p>
 * A profile that refuses by default does not know calls that are newer than itself: beyond the last number that it names, they are answered ENOSYS,
 * at which programs fall back on older ones. Without rules for x32, its calls are none.
 */
final class Decisions {
    private static final Action NO_SUCH_CALL = Action.errno(38); // ENOSYS
    private static final long NO_CALL = 0xffffffffL; // what a tracer makes of a call to skip it

    private final Seccomp seccomp;
    private final TreeMap<Long, Decision> ranges = new TreeMap<>();
    private final List<Decision> known = new ArrayList<>();

    /**
     * One for all numbers that it is the same for, so told apart by identity.
     *
     * @param rules tried in turn
     * @param otherwise without any
     */
    record Decision(Abi abi, List<Rule> rules, Action otherwise) {
        private boolean is(Abi otherAbi, List<Rule> otherRules, Action action) {
            if (abi != otherAbi || otherwise.value() != action.value() || rules.size() != otherRules.size()) {
                return false;
            }
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i) != otherRules.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private Decisions(Seccomp seccomp) {
        this.seccomp = seccomp;
    }

    /** Returns the first number of each range, from 0, with what is decided about it; neighbours differ. */
    static TreeMap<Long, Decision> of(Seccomp seccomp, Abi abi, boolean x32) {
        Decisions decisions = new Decisions(seccomp);
        decisions.abi(abi, 0);
        if (x32) {
            decisions.abi(Abi.X32, SyscallNumbers.X32_BIT);
        } else if (abi == Abi.X86_64 && seccomp.defaultAction().verdict().lets()) {
            decisions.range(SyscallNumbers.X32_BIT, decisions.plain(abi, Action.KILL_PROCESS));
            decisions.range(NO_CALL, decisions.plain(abi, seccomp.defaultAction()));
        }
        return decisions.ranges;
    }

    private void abi(Abi abi, long from) {
        TreeMap<Long, List<Rule>> named = named(abi);
        Decision otherwise = plain(abi, seccomp.defaultAction());
        Decision newer = seccomp.defaultAction().verdict().lets() ? otherwise : plain(abi, NO_SUCH_CALL);
        Long top = named.lowerKey(SyscallNumbers.ARM_PRIVATE | from);
        long last = top == null ? Long.MAX_VALUE : top;
        range(from, otherwise);
        named.forEach((number, rules) -> {
            range(number, decision(abi, rules));
            range(number + 1, number < last ? otherwise : newer);
        });
    }

    private TreeMap<Long, List<Rule>> named(Abi abi) {
        Map<Integer, List<Rule>> named = new HashMap<>();
        for (Rule rule : seccomp.rules()) {
            collect(abi, rule, named);
            if (abi == Abi.X86) {
                Multiplexed.of(rule).forEach(also -> collect(abi, also, named));
            }
        }
        TreeMap<Long, List<Rule>> sorted = new TreeMap<>();
        named.forEach((number, rules) -> sorted.put((long) number, rules));
        return sorted;
    }

    private static void collect(Abi abi, Rule rule, Map<Integer, List<Rule>> named) {
        for (String name : rule.names()) {
            int number = SyscallNumbers.of(abi, name);
            if (number >= 0) {
                named.computeIfAbsent(number, _ -> new ArrayList<>(2)).add(rule);
            }
        }
    }

    /** Strictest first; what comes after a rule that always holds is never reached. */
    private Decision decision(Abi abi, List<Rule> rules) {
        List<Rule> tried = new ArrayList<>();
        rules.sort(Rule.byStrictness());
        for (Rule rule : rules) {
            if (rule.always()) {
                while (!tried.isEmpty() && tried.getLast().action().value() == rule.action().value()) {
                    tried.removeLast();
                }
                return shared(abi, tried, rule.action());
            }
            tried.add(rule);
        }
        return shared(abi, tried, seccomp.defaultAction());
    }

    private Decision plain(Abi abi, Action action) {
        return shared(abi, List.of(), action);
    }

    private Decision shared(Abi abi, List<Rule> rules, Action otherwise) {
        for (Decision decision : known) {
            if (decision.is(abi, rules, otherwise)) {
                return decision;
            }
        }
        Decision decision = new Decision(abi, rules, otherwise);
        known.add(decision);
        return decision;
    }

    /** From a number on; the ranges come in ascending order, and one may replace the last. */
    private void range(long from, Decision decision) {
        ranges.remove(from);
        Map.@Nullable Entry<Long, Decision> before = ranges.lastEntry();
        if (before == null || before.getValue() != decision) {
            ranges.put(from, decision);
        }
    }
}
