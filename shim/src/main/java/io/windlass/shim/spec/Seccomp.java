package io.windlass.shim.spec;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What a process may call. See the OCI runtime specification, config-linux.md "Seccomp", and seccomp(2).
 *
 * <p>
 * Of all rules that match a call the strictest one wins, as with several filters in the kernel; without any, the default action.
 *
 * @param architectures the ABIs that calls may use besides the machine's own; a call of any other kills the process
 */
public record Seccomp(Action defaultAction, Set<Abi> architectures, Set<Flag> flags, List<Rule> rules) {
    public Seccomp {
        architectures = Set.copyOf(architectures);
        flags = Set.copyOf(flags);
        rules = List.copyOf(rules);
    }

    /** The ways of calling a kernel that this version has the numbers of, with AUDIT_ARCH_* of linux/audit.h. */
    public enum Abi {
        X86_64(0xc000003e, 64), X86(0x40000003, 32), X32(0xc000003e, 64), AARCH64(0xc00000b7, 64), ARM(0x40000028, 32);

        private final int audit;
        private final int bits;

        Abi(int audit, int bits) {
            this.audit = audit;
            this.bits = bits;
        }

        public int audit() {
            return audit;
        }

        /** Returns the width of an argument. */
        public int bits() {
            return bits;
        }
    }

    /** SECCOMP_FILTER_FLAG_* of linux/seccomp.h. */
    public enum Flag {
        TSYNC(1), LOG(2), SPEC_ALLOW(4);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        public int bit() {
            return bit;
        }
    }

    /** What the kernel does, the strictest first, with SECCOMP_RET_* of linux/seccomp.h. */
    public enum Verdict {
        KILL_PROCESS(0x80000000), KILL_THREAD(0), TRAP(0x30000), ERRNO(0x50000), TRACE(0x7ff00000), LOG(0x7ffc0000), ALLOW(0x7fff0000);

        private final int bits;

        Verdict(int bits) {
            this.bits = bits;
        }

        /** Whether the call, or one that a tracer makes of it, is made. */
        public boolean lets() {
            return compareTo(TRACE) >= 0;
        }

        /** Whether an action has a number of its own. */
        public boolean hasData() {
            return this == ERRNO || this == TRACE;
        }
    }

    /** @param data the errno of ERRNO, 0 to 4095; what TRACE tells the tracer, 0 to 65535; else 0 */
    public record Action(Verdict verdict, int data) {
        public static final Action ALLOW = new Action(Verdict.ALLOW, 0);
        public static final Action KILL_PROCESS = new Action(Verdict.KILL_PROCESS, 0);

        /** Strictest first. */
        static final Comparator<Action> BY_STRICTNESS = Comparator.comparing(Action::verdict);

        public Action {
            int most = verdict == Verdict.ERRNO ? 4095 : verdict == Verdict.TRACE ? 65535 : 0;
            if (data < 0 || data > most) {
                throw new IllegalArgumentException("number " + data + " of seccomp action " + verdict + " is not within 0 to " + most);
            }
        }

        public static Action errno(int errno) {
            return new Action(Verdict.ERRNO, errno);
        }

        /** Returns what a filter returns for it. */
        public int value() {
            return verdict.bits | data;
        }
    }

    /**
     * An action for system calls.
     *
     * @param names as in man section 2; names of no call on an ABI say nothing there
     * @param conditions all must hold, but several on one argument are alternatives, as libseccomp's users are used to; none is always
     */
    public record Rule(List<String> names, Action action, List<Condition> conditions) {
        public Rule {
            names = List.copyOf(names);
            conditions = List.copyOf(conditions);
        }

        /** Returns whether it holds whatever the arguments are. */
        public boolean always() {
            return conditions.isEmpty();
        }

        /** Orders rules, the strictest first. */
        public static Comparator<Rule> byStrictness() {
            return Comparator.comparing(Rule::action, Action.BY_STRICTNESS);
        }
    }

    public enum Operator {
        NOT_EQUAL, LESS, LESS_OR_EQUAL, EQUAL, GREATER_OR_EQUAL, GREATER, MASKED_EQUAL
    }

    /**
     * A comparison of an argument, unsigned; only the low 32 bits count on an ABI of 32 bits.
     *
     * @param index 0 to 5
     * @param value what is compared with; the mask of MASKED_EQUAL
     * @param second what the masked argument must be with MASKED_EQUAL, else unused
     */
    public record Condition(int index, Operator operator, long value, long second) {
        public Condition {
            if (index < 0 || index > 5) {
                throw new IllegalArgumentException("argument index " + index + " of a seccomp rule is not within 0 to 5");
            }
        }
    }
}
