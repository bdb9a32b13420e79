package io.windlass.shim.seccomp;

import io.windlass.shim.spec.BpfMachine;
import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Operator;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.Seccomp.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FilterCompilerTest {
    private static final Action EPERM = Action.errno(1);
    private static final int ENOSYS = Action.errno(38).value();
    private static final int ALLOW = Action.ALLOW.value();
    private static final int KILL_PROCESS = Action.KILL_PROCESS.value();
    private static final Set<Abi> ALL = EnumSet.allOf(Abi.class);

    private static BpfMachine machine(Action otherwise, Set<Abi> abis, Rule... rules) {
        return new BpfMachine(FilterCompiler.compile(new Seccomp(otherwise, abis, Set.of(), List.of(rules)), Abi.X86_64));
    }

    private static Rule rule(String name, Action action, Condition... conditions) {
        return new Rule(List.of(name), action, List.of(conditions));
    }

    private static int number(Abi abi, String name) {
        return SyscallNumbers.of(abi, name);
    }

    @ParameterizedTest
    @EnumSource
    void returnsEveryAction(Verdict verdict) {
        Action action = new Action(verdict, verdict.hasData() ? 17 : 0);
        BpfMachine machine = machine(EPERM, ALL, rule("mkdir", action));
        assertThat(machine.run(Abi.X86_64, number(Abi.X86_64, "mkdir"))).isEqualTo(action.value());
        assertThat(machine.run(Abi.X86_64, number(Abi.X86_64, "mkdir") - 1)).isEqualTo(EPERM.value());
        assertThat(machine(action, ALL).run(Abi.X86_64, 0)).isEqualTo(action.value());
    }

    @ParameterizedTest
    @CsvSource({"EQUAL,5000000001,0,5000000001,5000000002", "EQUAL,5000000001,0,5000000001,705032705", "NOT_EQUAL,7,0,4294967303,7",
            "GREATER,4294967295,0,4294967296,4294967295", "GREATER,1,0,-1,1", "GREATER_OR_EQUAL,4294967296,0,4294967296,4294967295",
            "LESS,4294967296,0,4294967295,4294967296", "LESS,8,0,7,8589934592", "LESS_OR_EQUAL,4294967296,0,4294967296,4294967297",
            "MASKED_EQUAL,1099511627791,5,1152921504606846981,1099511627781", "MASKED_EQUAL,15,5,1152921504606846981,6",
            "MASKED_EQUAL,1099511627776,-1,1099511627776,1"})
    void comparesAllOfAnArgument(Operator operator, long value, long second, long matching, long other) {
        for (int index = 0; index < 6; index++) {
            BpfMachine machine = machine(EPERM, ALL, rule("read", Action.ALLOW, new Condition(index, operator, value, second)));
            long[] arguments = new long[6];
            arguments[index] = matching;
            assertThat(machine.run(Abi.X86_64, 0, arguments)).as("argument %d", index).isEqualTo(ALLOW);
            arguments[index] = other;
            assertThat(machine.run(Abi.X86_64, 0, arguments)).as("argument %d", index).isEqualTo(EPERM.value());
        }
    }

    @Test
    void comparesTheLowWordOnANarrowAbi() {
        BpfMachine machine = machine(EPERM, ALL, rule("read", Action.ALLOW, new Condition(0, Operator.EQUAL, -1, 0)));
        assertThat(machine.run(Abi.X86, number(Abi.X86, "read"), 0xffffffffL)).isEqualTo(ALLOW);
        assertThat(machine.run(Abi.X86_64, 0, 0xffffffffL)).isEqualTo(EPERM.value());
    }

    @Test
    void wantsAllConditionsOfDifferentArgumentsAndAnyOfOne() {
        Condition first = new Condition(0, Operator.EQUAL, 1, 0);
        Condition second = new Condition(1, Operator.EQUAL, 2, 0);
        BpfMachine both = machine(EPERM, ALL, rule("read", Action.ALLOW, first, second));
        assertThat(both.run(Abi.X86_64, 0, 1, 2)).isEqualTo(ALLOW);
        assertThat(both.run(Abi.X86_64, 0, 1, 3)).isEqualTo(EPERM.value());
        BpfMachine any = machine(EPERM, ALL, rule("read", Action.ALLOW, first, new Condition(0, Operator.EQUAL, 2, 0)));
        assertThat(IntStream.range(0, 4).filter(n -> any.run(Abi.X86_64, 0, n) == ALLOW)).containsExactly(1, 2);
    }

    @Test
    void letsTheStrictestRuleWin() {
        Rule allow = rule("socket", Action.ALLOW);
        Rule refuse = rule("socket", Action.errno(97), new Condition(0, Operator.EQUAL, 38, 0));
        int socket = number(Abi.X86_64, "socket");
        for (BpfMachine machine : List.of(machine(EPERM, ALL, allow, refuse), machine(EPERM, ALL, refuse, allow))) {
            assertThat(machine.run(Abi.X86_64, socket, 2)).isEqualTo(ALLOW);
            assertThat(machine.run(Abi.X86_64, socket, 38)).isEqualTo(Action.errno(97).value());
        }
        BpfMachine machine = machine(EPERM, ALL, rule("socket", new Action(Verdict.TRAP, 0)),
                rule("socket", Action.ALLOW, new Condition(0, Operator.EQUAL, 2, 0)));
        assertThat(machine.run(Abi.X86_64, socket, 2)).isEqualTo(new Action(Verdict.TRAP, 0).value());
    }

    @Test
    void killsCallsOfAnotherAbi() {
        BpfMachine machine = machine(Action.ALLOW, Set.of(Abi.X86_64));
        assertThat(machine.run(Abi.X86_64, 1)).isEqualTo(ALLOW);
        assertThat(machine.run(Abi.X86, 1)).isEqualTo(KILL_PROCESS);
        assertThat(machine.run(Abi.ARM, 1)).isEqualTo(KILL_PROCESS);
        assertThat(machine.run(Abi.X32, SyscallNumbers.X32_BIT)).isEqualTo(KILL_PROCESS);
        assertThat(machine.run(Abi.X86_64, -1)).isEqualTo(ALLOW);
        assertThat(machine(EPERM, Set.of(), rule("read", Action.ALLOW)).run(Abi.X32, SyscallNumbers.X32_BIT)).isEqualTo(ENOSYS);
    }

    @Test
    void tellsCallsOfX32Apart() {
        BpfMachine machine = machine(EPERM, ALL, rule("ioctl", Action.ALLOW));
        assertThat(machine.run(Abi.X32, SyscallNumbers.X32_BIT | 514)).isEqualTo(ALLOW);
        assertThat(machine.run(Abi.X32, SyscallNumbers.X32_BIT | 16)).isEqualTo(EPERM.value());
        assertThat(machine.run(Abi.X86_64, 16)).isEqualTo(ALLOW);
    }

    @Test
    void saysOfNewerCallsThatTheyAreNotThere() {
        int last = number(Abi.X86_64, "openat2");
        Rule rule = rule("openat2", Action.ALLOW);
        assertThat(machine(EPERM, ALL, rule).run(Abi.X86_64, last + 1)).isEqualTo(ENOSYS);
        assertThat(machine(EPERM, ALL, rule).run(Abi.X86_64, last - 1)).isEqualTo(EPERM.value());
        assertThat(machine(new Action(Verdict.LOG, 0), ALL, rule).run(Abi.X86_64, last + 1)).isEqualTo(new Action(Verdict.LOG, 0).value());
        BpfMachine arm = new BpfMachine(FilterCompiler.compile(new Seccomp(EPERM, ALL, Set.of(),
                List.of(new Rule(List.of("openat2", "set_tls"), Action.ALLOW, List.of()))), Abi.AARCH64));
        assertThat(arm.run(Abi.ARM, last + 1)).isEqualTo(ENOSYS);
        assertThat(arm.run(Abi.ARM, 0xf0005)).isEqualTo(ALLOW);
    }

    @Test
    void looksIntoSocketcallAndIpc() {
        BpfMachine machine = machine(Action.ALLOW, ALL, rule("socket", EPERM), rule("shmat", EPERM));
        assertThat(machine.run(Abi.X86, 102, 1)).isEqualTo(EPERM.value());
        assertThat(machine.run(Abi.X86, 102, 2)).isEqualTo(ALLOW);
        assertThat(machine.run(Abi.X86, 117, 0x10015)).isEqualTo(EPERM.value());
    }

    @Test
    void ignoresNamesOfNoCall() {
        assertThat(machine(EPERM, ALL, rule("fly", Action.ALLOW), rule("read", Action.ALLOW)).run(Abi.X86_64, 0)).isEqualTo(ALLOW);
    }

    @Test
    void refusesMoreThanTheKernelTakes() {
        Condition[] conditions = IntStream.range(0, 2500).mapToObj(n -> new Condition(0, Operator.EQUAL, n, 0)).toArray(Condition[]::new);
        Seccomp seccomp = new Seccomp(EPERM, ALL, Set.of(Flag.LOG), List.of(rule("read", Action.ALLOW, conditions)));
        assertThatThrownBy(() -> FilterCompiler.compile(seccomp, Abi.X86_64)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096");
    }

    @Test
    void hasTheFlagsOfTheRules() {
        assertThat(FilterCompiler.compile(new Seccomp(EPERM, ALL, Set.of(Flag.LOG, Flag.SPEC_ALLOW), List.of()), Abi.X86_64).flags())
                .isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatTheRulesSay(long seed) {
        Random random = new Random(seed);
        List<String> names = SyscallNumbers.all(Abi.X86_64).keySet().stream().sorted().toList();
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            List<Condition> conditions = new ArrayList<>();
            for (int c = random.nextInt(4); c > 0; c--) {
                conditions.add(new Condition(random.nextInt(3), Operator.values()[random.nextInt(7)], value(random), value(random)));
            }
            Verdict verdict = Verdict.values()[random.nextInt(7)];
            rules.add(new Rule(List.of(names.get(random.nextInt(names.size())), names.get(random.nextInt(names.size()))),
                    new Action(verdict, 0), conditions));
        }
        Seccomp seccomp = new Seccomp(EPERM, ALL, Set.of(), rules);
        BpfMachine machine = new BpfMachine(FilterCompiler.compile(seccomp, Abi.X86_64));
        for (Abi abi : List.of(Abi.X86_64, Abi.X86, Abi.X32)) {
            SyscallNumbers.all(abi).forEach((name, number) -> {
                if (name.equals("socketcall") || name.equals("ipc")) {
                    return;
                }
                for (int i = 0; i < 20; i++) {
                    long mask = abi.bits() == 32 ? 0xffffffffL : -1;
                    long[] arguments = {value(random) & mask, value(random) & mask, value(random) & mask};
                    assertThat(machine.run(abi, number, arguments)).as("%s %s %s", abi, name, arguments)
                            .isIn(Model.answers(seccomp, abi, name, arguments));
                }
            });
        }
    }

    private static long value(Random random) {
        long[] values = {0, 1, 2, -1, 0xffffffffL, 1L << 32, 1L << 32 | 1, 1L << 63, 0x7fffffff};
        return values[random.nextInt(values.length)];
    }
}
