package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import java.util.List;
import java.util.Set;

import static io.windlass.shim.program.Flags.*;

/** Makes the mounts inside the new root, each onto a descriptor. */
final class MountStage {
    private static final long PROC_SUPER_MAGIC = 0x9fa0;
    private static final Set<String> REAL = Set.of("/proc", "/sys", "/dev");
    // files of procfs that tools such as lxcfs put their own versions over
    private static final Set<String> PROC_ALLOWED = Set.of("/proc", "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat",
            "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev");

    private final ProgramBuilder p;
    private final Targets targets;
    private final SourceStage sources;
    private final Room statfs = Room.zero("statfs", 128);

    MountStage(ProgramBuilder program, Targets targets, SourceStage sources) {
        this.p = program;
        this.targets = targets;
        this.sources = sources;
    }

    /** Makes the places that lie in the bare root. */
    void prepare(List<MountSpec> inRoot) {
        inRoot.forEach(mount -> targets.prepare("mount " + mount.destination(), mount.destination(), sources.tree(mount)));
    }

    void mount(MountSpec mount, List<DeviceSpec> devices) {
        if (mount instanceof MountSpec.Filesystem filesystem) {
            filesystem(filesystem);
        } else if (mount instanceof MountSpec.Cgroup cgroup) {
            cgroup(cgroup);
        } else if (mount instanceof MountSpec.Dev) {
            DevStage.mount(p, targets, devices, sources);
        } else {
            attach(mount);
        }
    }

    private void attach(MountSpec mount) {
        String destination = mount.destination();
        String what = "mount " + destination;
        Result tree = sources.tree(mount);
        Result target = REAL.contains(destination) ? targets.openReal(what, destination) : targets.open(what, destination, tree);
        if (destination.equals("/proc")) {
            requireProc(what, tree);
        } else if (!PROC_ALLOWED.contains(destination)) {
            refuseProc(what, target);
        }
        p.call(what, Sys.MOVE_MOUNT, tree, EMPTY, target, EMPTY, MOVE_MOUNT_F_EMPTY_PATH.or(MOVE_MOUNT_T_EMPTY_PATH));
    }

    /** A link in the image or in a volume must not lead a mount over procfs, which others read and write for decisions. */
    private void refuseProc(String what, Result target) {
        Label elsewhere = p.label("elsewhere");
        p.call(what, Sys.FSTATFS, target, statfs.address());
        p.test(statfs.address(), -1, PROC_SUPER_MAGIC, elsewhere);
        p.refuse(what + ": the destination lies in procfs");
        p.here(elsewhere);
    }

    /** What stands at /proc is believed by programs of the container that decide by it, and by those who look into it from outside. */
    private void requireProc(String what, Result tree) {
        Label other = p.label("other");
        p.call(what, Sys.FSTATFS, tree, statfs.address());
        p.test(statfs.address(), -1, PROC_SUPER_MAGIC, other);
        p.later(() -> {
            p.here(other);
            p.refuse(what + ": the source is not a procfs");
        });
    }

    private void filesystem(MountSpec.Filesystem filesystem) {
        String destination = filesystem.destination();
        String what = "mount " + destination;
        Result target = REAL.contains(destination) ? targets.openReal(what, destination) : targets.open(what, destination, null);
        if (sources.has(filesystem)) {
            p.call(what, Sys.MOVE_MOUNT, sources.tree(filesystem), EMPTY, target, EMPTY,
                    MOVE_MOUNT_F_EMPTY_PATH.or(MOVE_MOUNT_T_EMPTY_PATH));
            return;
        }
        Value flags = ZERO;
        for (MountFlag flag : MountFlag.values()) {
            if (filesystem.flags().contains(flag)) {
                flags = flags.or(new Value(flag.flag(), "MS_" + (flag == MountFlag.READONLY ? "RDONLY" : flag.name())));
            }
        }
        fresh(p, target, what, filesystem.type(), flags, filesystem.data());
    }

    /** Mounts on the directory itself, whatever its path has come to mean. The working directory is / again then: RESOLVE_IN_ROOT takes it as the root. */
    static void fresh(ProgramBuilder p, Result target, String what, String type, Value flags, String data) {
        p.call(what, Sys.FCHDIR, target);
        p.call(what, Sys.MOUNT, new Text(type), new Text("."), new Text(type), flags, data.isEmpty() ? NULL : new Text(data));
        p.call(what, Sys.CHDIR, new Text("/"));
    }

    private void cgroup(MountSpec.Cgroup cgroup) {
        String root = cgroup.destination();
        String what = "mount " + root;
        Result target = targets.openReal(what, root);
        if (cgroup.views().size() == 1 && cgroup.views().getFirst().name().isEmpty()) {
            p.call(what, Sys.MOVE_MOUNT, sources.tree(cgroup.views().getFirst()), EMPTY, target, EMPTY,
                    MOVE_MOUNT_F_EMPTY_PATH.or(MOVE_MOUNT_T_EMPTY_PATH));
            return;
        }
        fresh(p, target, what, "tmpfs", MS_NOSUID.or(MS_NODEV).or(MS_NOEXEC), "mode=755");
        for (MountSpec.CgroupView view : cgroup.views()) {
            Text place = new Text(root + "/" + view.name());
            p.call("mount " + place.text(), Sys.MKDIRAT, AT_FDCWD, place, Value.octal(0755));
            p.call("mount " + place.text(), Sys.MOVE_MOUNT, sources.tree(view), EMPTY, AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH);
        }
        if (cgroup.readonly()) {
            p.call(what, Sys.MOUNT_SETATTR, AT_FDCWD, new Text(root), ZERO, Structs.mountAttr("READONLY", 1, 0), Structs.MOUNT_ATTR_SIZE);
        }
    }
}
