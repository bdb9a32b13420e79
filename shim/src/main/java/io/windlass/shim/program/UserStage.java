package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.UserNamespace;

import static io.windlass.shim.program.Flags.*;

/**
 * The container's user namespace: opened while the host is in sight, used to map mounts with the host's powers, then entered. See
 * user_namespaces(7), mount_setattr(2).
 */
final class UserStage {
    private static final long MOUNT_ATTR_IDMAP = 0x100000;
    private static final int USERNS_FD = 24;

    private final ProgramBuilder p;
    private final UserNamespace namespace;
    private final Room attributes = Structs.words("{IDMAP}", MOUNT_ATTR_IDMAP, 0, 0, 0);

    UserStage(ProgramBuilder program, UserNamespace namespace) {
        this.p = program;
        this.namespace = namespace;
        String path = namespace.path().toString();
        p.into(attributes.at(USERNS_FD), "open namespace " + path, Sys.OPENAT, AT_FDCWD, new Text(path), O_RDONLY.or(O_CLOEXEC));
    }

    /** Shows the owners of files in a detached mount by the namespace's mapping. EINVAL is a file system that cannot do that. */
    void map(Result tree, String what) {
        Memory attr = attributes.address();
        p.call("ID-map " + what, Sys.MOUNT_SETATTR, tree, EMPTY, AT_EMPTY_PATH, attr, Structs.MOUNT_ATTR_SIZE);
    }

    /**
     * Does something to files as the namespace's root, yet with all capabilities. Whoever mounts an overlay is the one who writes its upper directory, and
     * root of the host does not exist in an ID-mapped one.
     */
    void asOwner(Runnable steps) {
        String what = "act as root of the user namespace";
        p.call(what, Sys.PRCTL, PR_SET_SECUREBITS, new Value(4, "SECBIT_NO_SETUID_FIXUP"), ZERO, ZERO, ZERO);
        p.call(what, Sys.SETFSGID, Value.of(namespace.hostGid()));
        p.call(what, Sys.SETFSUID, Value.of(namespace.hostUid()));
        steps.run();
        p.call(what, Sys.SETFSUID, ZERO);
        p.call(what, Sys.SETFSGID, ZERO);
        p.call(what, Sys.PRCTL, PR_SET_SECUREBITS, ZERO, ZERO, ZERO, ZERO);
    }

    void enter() {
        p.call("join the user namespace", Sys.SETNS, attributes.result(USERNS_FD), CLONE_NEWUSER);
        becomeRoot(p);
    }

    /** Takes the namespace's own root, without whom nothing can be made there. */
    static void becomeRoot(ProgramBuilder p) {
        p.call("drop groups", Sys.SETGROUPS, ZERO, NULL);
        p.call("become root of the user namespace", Sys.SETRESGID, ZERO, ZERO, ZERO);
        p.call("become root of the user namespace", Sys.SETRESUID, ZERO, ZERO, ZERO);
    }
}
