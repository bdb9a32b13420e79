package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Propagation;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/** Opens what is to be bound as detached mounts, while the host is still in sight, and gives them their flags. */
final class SourceStage {
    private static final long CGROUP_FLAGS = MountFlag.NOSUID.attribute() | MountFlag.NODEV.attribute() | MountFlag.NOEXEC.attribute();

    private static final Set<String> EARLY = Set.of("proc", "sysfs");

    private final ProgramBuilder p;
    private final @Nullable UserStage user;
    private final Map<Object, Result> trees = new IdentityHashMap<>();

    /** @param user maps what is to be ID-mapped; null where nothing can be */
    SourceStage(ProgramBuilder program, @Nullable UserStage user) {
        this.p = program;
        this.user = user;
    }

    void open(MountSpec mount) {
        if (mount instanceof MountSpec.Bind bind) {
            bind(bind);
        } else if (mount instanceof MountSpec.Cgroup cgroup) {
            cgroup.views().forEach(view -> cgroup(view, cgroup.readonly()));
        }
    }

    /** Opens an image. It has to be mounted for that, and so comes after {@link RootStage#isolate}, the others before. */
    void openImage(Targets targets, MountSpec mount) {
        if (mount instanceof MountSpec.Image image) {
            trees.put(image, ImageStage.open(p, targets, image));
        }
    }

    /** Opens a device of the host, to be bound. */
    void openDevice(DeviceSpec device) {
        trees.put(device, p.keep("tree:" + device.path(), "device " + device.source(), Sys.OPEN_TREE, AT_FDCWD,
                new Text(device.source().toString()), OPEN_TREE_CLONE.or(AT_SYMLINK_NOFOLLOW).or(O_CLOEXEC)));
    }

    /**
     * Makes a procfs or sysfs before it is mounted. In a user namespace the kernel allows that only while another one, with nothing hidden, is in the
     * mount namespace: the host's.
     *
     * @param pid the PID namespace to show, of which this process is not; null for its own
     */
    void make(MountSpec mount, @Nullable Result pid) {
        if (mount instanceof MountSpec.Filesystem filesystem && EARLY.contains(filesystem.type())) {
            String what = "mount " + filesystem.destination();
            if (pid != null && filesystem.type().equals("proc")) {
                makeProc(filesystem, pid);
                return;
            }
            Result context = p.keep("fs", what, Sys.FSOPEN, new Text(filesystem.type()), new Value(1, "FSOPEN_CLOEXEC"));
            p.call(what, Sys.FSCONFIG, context, new Value(6, "FSCONFIG_CMD_CREATE"), NULL, NULL, ZERO);
            trees.put(filesystem, p.keep("tree:" + filesystem.destination(), what, Sys.FSMOUNT, context, new Value(1, "FSMOUNT_CLOEXEC"),
                    new Value(flags(filesystem.flags()), shown(filesystem.flags()))));
        }
    }

    /** Makes a procfs of a PID namespace of which this process is not. */
    void makeProc(MountSpec mount, Result pid) {
        if (mount instanceof MountSpec.Filesystem filesystem && filesystem.type().equals("proc")) {
            Value flags = new Value(flags(filesystem.flags()), shown(filesystem.flags()));
            trees.put(filesystem, JoinedProc.open(p, pid, flags));
        }
    }

    boolean has(Object source) {
        return trees.containsKey(source);
    }

    /** Returns the detached mount of a bind, an image, a cgroup view, a device, or a file system that was made early. */
    Result tree(Object source) {
        Result tree = trees.get(source);
        if (tree == null) {
            throw new IllegalStateException("not opened: " + source);
        }
        return tree;
    }

    private void bind(MountSpec.Bind bind) {
        String what = "bind source " + bind.source();
        Value recursive = bind.recursive() ? AT_RECURSIVE : ZERO;
        Result tree = p.keep("tree:" + bind.destination(), what, Sys.OPEN_TREE, AT_FDCWD, new Text(bind.source().toString()),
                OPEN_TREE_CLONE.or(recursive).or(O_CLOEXEC));
        trees.put(bind, tree);
        if (bind.idMapped()) {
            if (user == null) {
                throw new IllegalArgumentException("mount " + bind.destination() + ": ID-mapping needs a user namespace");
            }
            user.map(tree, what);
        }
        long flags = flags(bind.flags());
        long propagation = bind.propagation().flag();
        String shown = bind.propagation().name() + (flags == 0 ? "" : " " + shown(bind.flags()));
        if (flags == 0 || bind.recursiveReadonly() || !bind.recursive()) {
            attributes(tree, what, recursive, Structs.mountAttr(shown, flags, propagation));
        } else {
            attributes(tree, what, recursive, Structs.mountAttr(bind.propagation().name(), 0, propagation));
            attributes(tree, what, ZERO, Structs.mountAttr(shown(bind.flags()), flags, 0));
        }
    }

    private void cgroup(MountSpec.CgroupView view, boolean readonly) {
        String what = "bind cgroup " + view.directory();
        Result tree = p.keep("tree:" + view.directory(), what, Sys.OPEN_TREE, AT_FDCWD, new Text(view.directory().toString()),
                OPEN_TREE_CLONE.or(O_CLOEXEC));
        trees.put(view, tree);
        long flags = CGROUP_FLAGS | (readonly ? MountFlag.READONLY.attribute() : 0);
        attributes(tree, what, ZERO, Structs.mountAttr(readonly ? "PRIVATE READONLY" : "PRIVATE", flags, Propagation.PRIVATE.flag()));
    }

    private void attributes(Result tree, String what, Value recursive, Memory attributes) {
        p.call(what, Sys.MOUNT_SETATTR, tree, EMPTY, AT_EMPTY_PATH.or(recursive), attributes, Structs.MOUNT_ATTR_SIZE);
    }

    /** For listings: in the order of the kernel's bits, whatever order the set has. */
    static String shown(Set<MountFlag> flags) {
        return new TreeSet<>(flags).toString();
    }

    static long flags(Set<MountFlag> flags) {
        long attributes = 0;
        for (MountFlag flag : flags) {
            attributes |= flag.attribute();
        }
        return attributes;
    }
}
