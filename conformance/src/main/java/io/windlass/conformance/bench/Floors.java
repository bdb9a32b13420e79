package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Command;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the kernel itself takes for the parts of a pod, in milliseconds, by programs that do nothing else. */
final class Floors {
    private static final int TIMES = 50;

    private Floors() {}

    static Map<String, Double> measure() throws IOException {
        Map<String, Double> floors = new LinkedHashMap<>();
        double exec = each("/bin/busybox true");
        floors.put("fork, exec and exit of a static program", exec);
        floors.put("the same in a new network namespace", each("/bin/busybox unshare -n /bin/busybox true"));
        floors.put("the same in new network, mount, IPC, UTS and PID namespaces", each("/bin/busybox unshare -nmiupf /bin/busybox true"));
        floors.put("the same with a veth pair made by `ip`",
                each("/bin/busybox unshare -n /usr/sbin/ip link add name a type veth peer name b"));
        return floors;
    }

    private static double each(String command) throws IOException {
        long begin = System.nanoTime();
        Command.output("/bin/busybox", "sh", "-c", "i=0; while [ $i -lt " + TIMES + " ]; do " + command + "; i=$((i+1)); done");
        return (System.nanoTime() - begin) / 1e6 / TIMES;
    }
}
