package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.RootSpec;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** Mounts the root file system in the container's own mount namespace and leaves the host behind. */
final class RootStage {
    private static final int MAX_DATA = 4095;
    private static final Text HERE = new Text(".");

    private RootStage() {}

    /** From now on no mount travels to the host or comes from there. */
    static void isolate(ProgramBuilder p) {
        p.call("make mounts private", Sys.MOUNT, NULL, new Text("/"), NULL, MS_REC.or(MS_PRIVATE), NULL);
    }

    static void enter(ProgramBuilder p, RootSpec root) {
        switch (root) {
            case RootSpec.Overlay overlay -> overlay(p, overlay);
            case RootSpec.Directory directory -> {
                Text path = new Text(directory.path().toString());
                p.call("bind root " + path.text(), Sys.MOUNT, path, path, NULL, MS_BIND.or(MS_REC), NULL);
                p.call("chdir " + path.text(), Sys.CHDIR, path);
            }
        }
        pivot(p);
    }

    private static void pivot(ProgramBuilder p) {
        p.call("pivot_root", Sys.PIVOT_ROOT, HERE, HERE);
        p.call("leave the old root", Sys.UMOUNT2, HERE, MNT_DETACH);
        p.call("chdir /", Sys.CHDIR, new Text("/"));
    }

    /** Puts an ID-mapped view of the root's directories over them: what is mounted from there shows mapped owners. */
    static void map(ProgramBuilder p, RootSpec root, UserStage user) {
        Text path = new Text(switch (root) {
            case RootSpec.Overlay overlay -> overlay.base().toString();
            case RootSpec.Directory directory -> directory.path().toString();
        });
        Result tree = p.keep("mapped", "open " + path.text(), Sys.OPEN_TREE, AT_FDCWD, path, OPEN_TREE_CLONE.or(O_CLOEXEC));
        user.map(tree, path.text());
        p.call("mount " + path.text(), Sys.MOVE_MOUNT, tree, EMPTY, AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    }

    /** Returns the root as a detached mount, for a mount namespace that is yet to come. */
    static Result detached(ProgramBuilder p, RootSpec root, UserStage user) {
        switch (root) {
            case RootSpec.Overlay overlay -> user.asOwner(() -> overlay(p, overlay));
            case RootSpec.Directory directory -> p.call("chdir " + directory.path(), Sys.CHDIR, new Text(directory.path().toString()));
        }
        return p.keep("root", "open root", Sys.OPEN_TREE, AT_FDCWD, HERE, OPEN_TREE_CLONE.or(O_CLOEXEC));
    }

    /** Enters a root that was {@link #detached}. It is mounted over the host's, as paths of the host are closed to this user. */
    static void enter(ProgramBuilder p, Result root) {
        p.call("mount root", Sys.MOVE_MOUNT, root, EMPTY, AT_FDCWD, new Text("/"), MOVE_MOUNT_F_EMPTY_PATH);
        p.call("enter root", Sys.FCHDIR, root);
        pivot(p);
    }

    /** Leaves the host behind for an empty root, which nothing can be made in. */
    static void leave(ProgramBuilder p) {
        isolate(p);
        Result context = p.keep("fs", "open tmpfs", Sys.FSOPEN, new Text("tmpfs"), new Value(1, "FSOPEN_CLOEXEC"));
        p.call("create tmpfs", Sys.FSCONFIG, context, new Value(6, "FSCONFIG_CMD_CREATE"), NULL, NULL, ZERO);
        enter(p, p.keep("root", "open tmpfs", Sys.FSMOUNT, context, new Value(1, "FSMOUNT_CLOEXEC"),
                new Value(0xf, "RDONLY|NOSUID|NODEV|NOEXEC")));
    }

    /**
     * A volatile one: else its end, which is the container's, waits until the host's disk has taken all that anybody has written there, and so
     * does an fsync inside. The root of a container is not used again after a crash. The mark of an earlier start that failed is in the way.
     */
    private static void overlay(ProgramBuilder p, RootSpec.Overlay overlay) {
        Text base = new Text(overlay.base().toString());
        Text data = data(overlay.lowers(), ",upperdir=" + overlay.upper() + ",workdir=" + overlay.work() + ",volatile");
        p.call("chdir " + base.text(), Sys.CHDIR, base);
        String mark = overlay.work() + RootSpec.Overlay.VOLATILE_MARK;
        p.ignore("unmark", Sys.UNLINKAT, AT_FDCWD, new Text(mark + "/dirty"), ZERO);
        p.ignore("unmark", Sys.UNLINKAT, AT_FDCWD, new Text(mark), AT_REMOVEDIR);
        p.call("mount overlay", Sys.MOUNT, new Text("overlay"), HERE, new Text("overlay"), ZERO, data);
        p.call("chdir " + base.text(), Sys.CHDIR, base);
    }

    /** The data of an overlay mount: layers relative to the working directory. */
    static Text data(List<String> lowers, String more) {
        String data = "lowerdir=" + String.join(":", lowers) + more;
        if (data.length() > MAX_DATA) {
            throw new IllegalArgumentException(lowers.size() + " layers do not fit into one overlay mount: shorten their directory names");
        }
        return new Text(data);
    }

    static void readonly(ProgramBuilder p, RootSpec root) {
        if (root.readonly()) {
            p.call("make root read-only", Sys.MOUNT_SETATTR, Value.of(-100), new Text("/"), ZERO, Structs.mountAttr("READONLY", 1, 0),
                    Structs.MOUNT_ATTR_SIZE);
        }
    }
}
