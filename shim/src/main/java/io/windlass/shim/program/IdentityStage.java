package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.BpfMachine;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Rlimit;
import io.windlass.shim.spec.Seccomp.Action;
import io.windlass.shim.spec.UserSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** Limits, user, groups, capabilities, no_new_privs and the system call filter. See capabilities(7), credentials(7). */
final class IdentityStage {
    private static final int LAST_CAPABILITY = 63;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private final ProgramBuilder p;
    private final ProcessSpec process;
    private final long available;

    IdentityStage(ProgramBuilder program, ProcessSpec process, long available) {
        this.p = program;
        this.process = process;
        this.available = available;
    }

    void emit() {
        process.rlimits().forEach(this::limit);
        long bounding = Capabilities.mask(process.capabilities().bounding()) & available;
        for (int n = 0; n <= LAST_CAPABILITY; n++) {
            if ((bounding >>> n & 1) == 0 && (n <= Capability.CHECKPOINT_RESTORE.number() || (available >>> n & 1) != 0)) {
                p.tolerate(ProgramBuilder.errors(EINVAL), "drop capability " + name(n), Sys.PRCTL, PR_CAPBSET_DROP, new Value(n, name(n)),
                        ZERO,
                        ZERO, ZERO);
            }
        }
        user();
        if (process.noNewPrivileges()) {
            capabilities(bounding);
            p.call("no_new_privs", Sys.PRCTL, PR_SET_NO_NEW_PRIVS, Value.of(1), ZERO, ZERO, ZERO);
        } else if (process.seccomp() != null && process.user().uid() != 0) {
            keepForFilter();
        }
    }

    /** Gives up all capabilities that neither the command will have nor the filter takes. */
    void keepForFilter() {
        long permitted = Capabilities.mask(process.capabilities().bounding()) & available | 1L << Capability.SYS_ADMIN.number();
        sets("keep CAP_SYS_ADMIN for the filter", permitted, 0);
    }

    /** Whether the filter lets a process go on that is under it already: make another, which makes itself a session. */
    boolean filterLetsBeBorn() {
        if (process.seccomp() == null) {
            return true;
        }
        BpfMachine filter = new BpfMachine(process.seccomp());
        return lets(filter, Sys.CLONE, CLONE_PARENT.value()) && lets(filter, Sys.EXIT_GROUP) && lets(filter, Sys.SETSID)
                && lets(filter, Sys.IOCTL, 0, TIOCSCTTY.value());
    }

    private boolean lets(BpfMachine filter, Sys sys, long... arguments) {
        Architecture architecture = p.architecture();
        return filter.run(architecture.abi(), sys.number(architecture), Arrays.copyOf(arguments, 6)) == Action.ALLOW.value();
    }

    /**
     * The filter as the last thing before the command. Without no_new_privs it takes CAP_SYS_ADMIN to load it, so that the capabilities are given
     * up under it already: a filter must let capset through, and prctl for ambient ones.
     */
    void finish() {
        filter();
        if (!process.noNewPrivileges()) {
            capabilities(Capabilities.mask(process.capabilities().bounding()) & available);
        }
    }

    private void filter() {
        if (process.seccomp() == null) {
            return;
        }
        Room code = Room.of("filter", process.seccomp().program());
        Room program = Room.of("{" + process.seccomp().length() + " instructions}",
                List.of(Value.of(process.seccomp().length()), code.address()));
        p.call("seccomp filter", Sys.SECCOMP, new Value(1, "SECCOMP_SET_MODE_FILTER"), Value.of(process.seccomp().flags()),
                program.address());
    }

    private void limit(Rlimit limit) {
        p.tolerate(ProgramBuilder.errors(EPERM), "set limit " + limit.type(), Sys.PRLIMIT64, ZERO,
                new Value(limit.type().number(), "RLIMIT_" + limit.type()),
                Structs.words("{" + limit.soft() + ", " + limit.hard() + "}", limit.soft(), limit.hard()).address(), NULL);
    }

    private void user() {
        UserSpec user = process.user();
        List<Integer> groups = new ArrayList<>();
        groups.add(user.gid());
        user.additionalGids().stream().filter(group -> !groups.contains(group)).distinct().forEach(groups::add);
        boolean root = user.uid() == 0;
        if (!root) {
            p.call("keep capabilities", Sys.PRCTL, PR_SET_KEEPCAPS, Value.of(1), ZERO, ZERO, ZERO);
        }
        p.call("setgroups " + groups, Sys.SETGROUPS, Value.of(groups.size()), Structs.ints(groups.toString(), groups).address());
        Value gid = Value.of(user.gid());
        p.call("setresgid " + user.gid(), Sys.SETRESGID, gid, gid, gid);
        Value uid = Value.of(user.uid());
        p.call("setresuid " + user.uid(), Sys.SETRESUID, uid, uid, uid);
        if (!root) {
            p.call("keep capabilities", Sys.PRCTL, PR_SET_KEEPCAPS, ZERO, ZERO, ZERO, ZERO);
        }
    }

    private void capabilities(long bounding) {
        long ambient = Capabilities.mask(process.capabilities().ambient()) & bounding;
        sets("set capabilities", bounding, ambient);
        p.ignore("clear ambient capabilities", Sys.PRCTL, PR_CAP_AMBIENT, new Value(4, "PR_CAP_AMBIENT_CLEAR_ALL"), ZERO, ZERO, ZERO);
        for (int n = 0; n <= LAST_CAPABILITY; n++) {
            if ((ambient >>> n & 1) != 0) {
                p.call("raise capability " + name(n), Sys.PRCTL, PR_CAP_AMBIENT, new Value(2, "PR_CAP_AMBIENT_RAISE"),
                        new Value(n, name(n)), ZERO,
                        ZERO);
            }
        }
    }

    private void sets(String what, long permitted, long inheritable) {
        sets(p, what, permitted, inheritable);
    }

    static void sets(ProgramBuilder p, String what, long permitted, long inheritable) {
        ByteBuffer sets = Structs.littleEndian(24);
        for (int shift = 0; shift < Long.SIZE; shift += Integer.SIZE) {
            sets.putInt((int) (permitted >>> shift)).putInt((int) (permitted >>> shift)).putInt((int) (inheritable >>> shift));
        }
        Room header = Room.of("{version 3, self}", List.of(Value.of(CAPABILITY_VERSION_3)));
        p.call(what, Sys.CAPSET, header.address(), Structs.bytes("{0x" + Long.toHexString(permitted) + "}", sets.array()).address());
    }

    private static String name(int number) {
        Capability[] known = Capability.values();
        return number < known.length ? "CAP_" + known[number] : Integer.toString(number);
    }
}
