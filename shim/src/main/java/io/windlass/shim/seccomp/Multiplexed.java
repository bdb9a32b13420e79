package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Operator;
import io.windlass.shim.spec.Seccomp.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls of 32-bit x86 that can also be made through socketcall(2) and ipc(2), by the number in the first argument. A rule on such a call holds
 * for both ways, unless it looks at arguments: those are in memory there, out of a filter's sight.
 */
final class Multiplexed {
    private static final Map<String, Integer> SOCKET = numbers("", "socket", "bind", "connect", "listen", "accept", "getsockname",
            "getpeername",
            "socketpair", "send", "recv", "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4",
            "recvmmsg", "sendmmsg");
    private static final Map<String, Integer> IPC = numbers("", "semop", "semget", "semctl", "semtimedop", "", "", "", "", "", "", "msgsnd",
            "msgrcv", "msgget", "msgctl", "", "", "", "", "", "", "shmat", "shmdt", "shmget", "shmctl");
    private static final int IPC_CALL = 0xffff; // above it is the version of the interface

    private Multiplexed() {}

    /** Returns what a rule also means for socketcall and ipc. */
    static List<Rule> of(Rule rule) {
        List<Rule> rules = new ArrayList<>();
        if (rule.always()) {
            for (String name : rule.names()) {
                Integer socket = SOCKET.get(name);
                if (socket != null) {
                    rules.add(with(rule, "socketcall", new Condition(0, Operator.EQUAL, socket, 0)));
                }
                Integer ipc = IPC.get(name);
                if (ipc != null) {
                    rules.add(with(rule, "ipc", new Condition(0, Operator.MASKED_EQUAL, IPC_CALL, ipc)));
                }
            }
        }
        return rules;
    }

    private static Rule with(Rule rule, String name, Condition condition) {
        return new Rule(List.of(name), rule.action(), List.of(condition));
    }

    private static Map<String, Integer> numbers(String... names) {
        Map<String, Integer> numbers = new HashMap<>();
        for (int number = 0; number < names.length; number++) {
            if (!names[number].isEmpty()) {
                numbers.put(names[number], number);
            }
        }
        return numbers;
    }
}
