package io.windlass.shim.seccomp;

import io.windlass.shim.seccomp.Decisions.Decision;
import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.SeccompFilter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns rules into a filter: a binary search for the number of the call, then comparisons of arguments where rules have some.
 *
 * <p>
 * For {@code openat} and the like, whose fate does not depend on arguments, the kernel runs a filter once, when it is loaded, and keeps the answer in a
 * bitmap; it can do so only as nothing but the number and the architecture is loaded on the way there.
 */
public final class FilterCompiler {
    private final Seccomp seccomp;
    private final Assembler out = new Assembler();

    private FilterCompiler(Seccomp seccomp) {
        this.seccomp = seccomp;
    }

    /**
     * @param machine the machine's own ABI, which is always allowed to call
     * @throws IllegalArgumentException if the rules take more than the 4096 instructions of the kernel
     */
    public static SeccompFilter compile(Seccomp seccomp, Abi machine) {
        byte[] program = new FilterCompiler(seccomp).program(machine);
        int flags = seccomp.flags().stream().mapToInt(Flag::bit).reduce(0, (a, b) -> a | b);
        return new SeccompFilter(program, flags);
    }

    private byte[] program(Abi machine) {
        List<Abi> abis = new ArrayList<>(List.of(machine));
        Abi narrow = machine == Abi.X86_64 ? Abi.X86 : Abi.ARM;
        if (seccomp.architectures().contains(narrow) && narrow != machine) {
            abis.add(narrow);
        }
        Map<Abi, Integer> sections = new EnumMap<>(Abi.class);
        for (Abi abi : abis.reversed()) {
            sections.put(abi, new Section(abi).emit());
        }
        int next = out.returns(Action.KILL_PROCESS.value());
        for (Abi abi : abis.reversed()) {
            next = out.jump(Assembler.JUMP_EQUAL, abi.audit(), sections.getOrDefault(abi, next), next);
        }
        out.load(Assembler.ARCHITECTURE);
        return out.program();
    }

    /** The calls of one ABI, and of x32 with those of x86-64. */
    private final class Section {
        private final Abi abi;
        private final List<Long> starts = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
        private final Map<Integer, Integer> returns = new HashMap<>();

        Section(Abi abi) {
            this.abi = abi;
        }

        int emit() {
            var ranges = Decisions.of(seccomp, abi, abi == Abi.X86_64 && seccomp.architectures().contains(Abi.X32));
            for (Decision decision : ranges.values()) {
                returns(decision.otherwise());
                decision.rules().forEach(rule -> returns(rule.action()));
            }
            Map<Decision, Integer> bodies = new IdentityHashMap<>();
            ranges.forEach((from, decision) -> {
                starts.add(from);
                places.add(bodies.computeIfAbsent(decision, this::body));
            });
            out.reach(search(0, starts.size() - 1));
            return out.load(Assembler.NUMBER);
        }

        private int returns(Action action) {
            return returns.computeIfAbsent(action.value(), out::returns);
        }

        private int body(Decision decision) {
            Conditions conditions = new Conditions(out, decision.abi());
            int place = returns(decision.otherwise());
            for (Rule rule : decision.rules().reversed()) {
                place = conditions.rule(rule, returns(rule.action()), place);
            }
            return place;
        }

        private int search(int first, int last) {
            if (first == last) {
                return places.get(first);
            }
            if (last == first + 2 && starts.get(last) == starts.get(first + 1) + 1 && places.get(first).equals(places.get(last))) {
                return out.jump(Assembler.JUMP_EQUAL, starts.get(first + 1).intValue(), places.get(first + 1), places.get(first));
            }
            int middle = (first + last + 1) / 2;
            int right = search(middle, last);
            int left = search(first, middle - 1);
            return out.jump(Assembler.JUMP_GREATER_OR_EQUAL, starts.get(middle).intValue(), right, left);
        }
    }
}
