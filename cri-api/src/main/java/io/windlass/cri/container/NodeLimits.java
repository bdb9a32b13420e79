package io.windlass.cri.container;

import io.windlass.cri.container.spec.SpecInput;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.Rlimit;
import io.windlass.shim.spec.Seccomp.Abi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What this node allows its containers at most. See proc_pid_status(5) and proc_pid_limits(5). */
final class NodeLimits {
    private static final long OPEN_FILES = 1 << 20;

    /** The soft limit of a core dump that the launcher found, before it allowed the daemon none; in bytes, or "unlimited". */
    private static final String CORE_BEFORE = "io.windlass.core";

    private NodeLimits() {}

    /** @param pidsLimit processes in a container; 0 for no limit */
    static SpecInput.Node read(long pidsLimit) throws IOException {
        var status = Files.readString(Path.of("/proc/self/status"));
        var limits = Files.readString(Path.of("/proc/self/limits"));
        var core = coreDump(limits, System.getProperty(CORE_BEFORE, ""));
        return new SpecInput.Node(machine(), bounding(status), List.of(openFiles(limits), core), pidsLimit,
                leastOomScoreAdj(status, Files.readString(Path.of("/proc/self/oom_score_adj"))));
    }

    private static Abi machine() {
        return switch (Architecture.current()) {
            case X86_64 -> Abi.X86_64;
            case AARCH64 -> Abi.AARCH64;
        };
    }

    /** Without CAP_SYS_RESOURCE no process can be protected better than the daemon itself. */
    static int leastOomScoreAdj(String status, String own) {
        return bounding(status).contains(Capability.SYS_RESOURCE) ? -1000 : Integer.parseInt(own.strip());
    }

    /** Returns the capabilities of the line {@code CapBnd}. */
    static Set<Capability> bounding(String status) {
        long mask = Long.parseUnsignedLong(field(status, "CapBnd:").strip(), 16);
        var possible = EnumSet.noneOf(Capability.class);
        for (var capability : Capability.values()) {
            if ((mask & capability.bit()) != 0) {
                possible.add(capability);
            }
        }
        return possible;
    }

    /** Returns a limit of open files that does not depend on how the daemon was started, unless that allows less. */
    static Rlimit openFiles(String limits) {
        var words = field(limits, "Max open files").strip().split("\\s+");
        long hard = words[1].equals("unlimited") ? OPEN_FILES : Math.min(OPEN_FILES, Long.parseLong(words[1]));
        return new Rlimit(Rlimit.Type.NOFILE, hard, hard);
    }

    /** Returns the limit of a core dump as whoever started the daemon has set it: that the daemon itself may leave none is not for containers. */
    static Rlimit coreDump(String limits, String before) {
        var words = field(limits, "Max core file size").strip().split("\\s+");
        return new Rlimit(Rlimit.Type.CORE, bytes(before.isEmpty() ? words[0] : before), bytes(words[1]));
    }

    private static long bytes(String word) {
        return word.equals("unlimited") ? Rlimit.INFINITY : Long.parseUnsignedLong(word);
    }

    private static String field(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            throw new IllegalStateException("the kernel does not tell " + name + " of this process: is /proc mounted?");
        }
        int end = text.indexOf('\n', at);
        return text.substring(at + name.length(), end < 0 ? text.length() : end);
    }
}
