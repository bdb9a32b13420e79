package io.windlass.cri.container.spec;

import io.windlass.shim.spec.Seccomp;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Flag;
import io.windlass.shim.spec.Seccomp.Operator;
import io.windlass.shim.spec.Seccomp.Rule;
import io.windlass.shim.spec.Seccomp.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SeccompJsonTest {
    private static Seccomp parse(String json) {
        return SeccompJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsAWholeProfile() {
        var seccomp = parse("""
                {"comment": "ours", "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 95,
                 "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_S390X"],
                 "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"],
                 "syscalls": [{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                   {"names": ["clone"], "action": "SCMP_ACT_TRACE", "errnoRet": 700, "args": [
                     {"index": 0, "value": 18446744073709551615, "valueTwo": 9, "op": "SCMP_CMP_MASKED_EQ"}]}]}
                """);
        assertThat(seccomp.defaultAction()).isEqualTo(Action.errno(95));
        assertThat(seccomp.architectures()).containsExactlyInAnyOrder(Abi.X86_64, Abi.X32);
        assertThat(seccomp.flags()).containsExactlyInAnyOrder(Flag.LOG, Flag.TSYNC);
        assertThat(seccomp.rules()).containsExactly(new Rule(List.of("read", "write"), Action.ALLOW, List.of()), new Rule(List.of("clone"),
                new Action(Verdict.TRACE, 700), List.of(new Condition(0, Operator.MASKED_EQUAL, -1, 9))));
    }

    @ParameterizedTest
    @CsvSource({"KILL,KILL_THREAD,0", "KILL_THREAD,KILL_THREAD,0", "KILL_PROCESS,KILL_PROCESS,0", "TRAP,TRAP,0", "ERRNO,ERRNO,1",
            "TRACE,TRACE,1", "ALLOW,ALLOW,0", "LOG,LOG,0"})
    void knowsEveryAction(String name, Verdict verdict, int data) {
        assertThat(parse("{\"defaultAction\": \"SCMP_ACT_" + name + "\"}").defaultAction()).isEqualTo(new Action(verdict, data));
    }

    @ParameterizedTest
    @CsvSource({"NE,NOT_EQUAL", "LT,LESS", "LE,LESS_OR_EQUAL", "EQ,EQUAL", "GE,GREATER_OR_EQUAL", "GT,GREATER", "MASKED_EQ,MASKED_EQUAL"})
    void knowsEveryOperator(String name, Operator operator) {
        var seccomp = parse("{\"defaultAction\": \"SCMP_ACT_LOG\", \"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_TRAP\", "
                + "\"args\": [{\"index\": 5, \"value\": 1, \"op\": \"SCMP_CMP_" + name + "\"}]}]}");
        assertThat(seccomp.rules().getFirst().conditions()).containsExactly(new Condition(5, operator, 1, 0));
    }

    @Test
    void mitigatesNothingUnlessAsked() {
        assertThat(parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}").flags()).containsExactly(Flag.SPEC_ALLOW);
        assertThat(parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": []}").flags()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{|no JSON", "[]|no JSON object", "{}|defaultAction \"\"",
            "{'defaultAction': 'SCMP_ACT_DENY'}|SCMP_ACT_DENY",
            "{'defaultAction': 7}|defaultAction is no string",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_Z80']}|Z80",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'flags': ['FAST']}|FAST",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'flags': ['SECCOMP_FILTER_FLAG_NEW_LISTENER']}|NEW_LISTENER",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': {}}|syscalls is no array",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'action': 'SCMP_ACT_LOG'}]}|no names",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['x'], 'action': 'SCMP_ACT_LOG', 'errnoRet': 1}]}|means nothing",
            "{'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrnoRet': 4096}|0 to 4095",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['x'], 'action': 'SCMP_ACT_LOG', 'args': [{'index': 6, 'op': 'SCMP_CMP_EQ'}]}]}|index 6",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['x'], 'action': 'SCMP_ACT_LOG', 'args': [{'index': 0, 'value': -1, 'op': 'SCMP_CMP_EQ'}]}]}|-1",
            "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['x'], 'action': 'SCMP_ACT_LOG', 'args': [{'index': 0, 'op': 'SCMP_CMP_IN'}]}]}|SCMP_CMP_IN"})
    void saysWhatIsWrong(String json, String message) {
        assertThatThrownBy(() -> parse(json.replace('\'', '"'))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void notifiesNobody() {
        assertThatThrownBy(() -> parse("{\"defaultAction\": \"SCMP_ACT_NOTIFY\", \"listenerPath\": \"/run/x\"}"))
                .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("SCMP_ACT_NOTIFY is not offered");
        assertThatThrownBy(() -> parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"mount\"], "
                + "\"action\": \"SCMP_ACT_NOTIFY\"}]}")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void takesWhatIsForListenersWhereNobodyIsNotified() {
        assertThat(parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/run/x\", \"flags\": "
                + "[\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\", \"SECCOMP_FILTER_FLAG_LOG\"]}").flags()).containsExactly(Flag.LOG);
    }
}
