package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.DeviceSpec;
import java.util.List;
import java.util.TreeSet;

import static io.windlass.shim.program.Flags.*;

/** A fresh /dev, so that nothing an image has put there is used. */
final class DevStage {
    private static final List<DeviceSpec> NODES = List.of(node("/dev/null", 3), node("/dev/zero", 5), node("/dev/full", 7),
            node("/dev/random", 8), node("/dev/urandom", 9), new DeviceSpec("/dev/tty", DeviceSpec.Kind.CHARACTER, 5, 0, 0666, 0, 0));

    private DevStage() {}

    /** Opens all nodes of the host that are to be bound: where this process may not make nodes. */
    static void open(SourceStage sources, List<DeviceSpec> devices) {
        NODES.forEach(sources::openDevice);
        devices.forEach(sources::openDevice);
    }

    static void mount(ProgramBuilder p, Targets targets, List<DeviceSpec> devices, SourceStage sources) {
        MountStage.fresh(p, targets.openReal("mount /dev", "/dev"), "mount /dev", "tmpfs", MS_NOSUID, "mode=755,size=65536k");
        NODES.forEach(node -> make(p, node, sources));
        link(p, "/proc/self/fd", "/dev/fd");
        link(p, "/proc/self/fd/0", "/dev/stdin");
        link(p, "/proc/self/fd/1", "/dev/stdout");
        link(p, "/proc/self/fd/2", "/dev/stderr");
        link(p, "pts/ptmx", "/dev/ptmx");
        directory(p, "/dev/pts", 0755);
        directory(p, "/dev/shm", 01777);
        directory(p, "/dev/mqueue", 01777);
        p.call("mount /dev/pts", Sys.MOUNT, new Text("devpts"), new Text("/dev/pts"), new Text("devpts"), MS_NOSUID.or(MS_NOEXEC),
                new Text("newinstance,ptmxmode=0666,mode=0620,gid=5"));
        TreeSet<String> parents = new TreeSet<>();
        for (DeviceSpec device : devices) {
            for (int slash = device.path().indexOf('/', 5); slash > 0; slash = device.path().indexOf('/', slash + 1)) {
                parents.add(device.path().substring(0, slash));
            }
        }
        for (String parent : parents) {
            p.tolerate(ProgramBuilder.errors(EEXIST), "make " + parent, Sys.MKDIRAT, AT_FDCWD, new Text(parent), Value.octal(0755));
        }
        devices.forEach(device -> make(p, device, sources));
    }

    /** Opens /dev/null for masking, and makes sure that it is the device 1:3. */
    static Result verifiedNull(ProgramBuilder p) {
        Result node = p.keep("null", "open /dev/null", Sys.OPENAT, AT_FDCWD, new Text("/dev/null"),
                O_PATH.or(O_CLOEXEC).or(new Value(p.architecture().noFollow(), "O_NOFOLLOW")));
        Room statx = Room.zero("statx", 256);
        p.call("stat /dev/null", Sys.STATX, node, EMPTY, AT_EMPTY_PATH, new Value(1, "STATX_TYPE"), statx.address());
        Label wrong = p.label("wrong");
        p.test(statx.at(128), -1, 3L << 32 | 1, wrong);
        p.later(() -> {
            p.here(wrong);
            p.refuse("/dev/null is not the null device: cannot mask paths with it");
        });
        return node;
    }

    private static DeviceSpec node(String path, int minor) {
        return new DeviceSpec(path, DeviceSpec.Kind.CHARACTER, 1, minor, 0666, 0, 0);
    }

    private static void make(ProgramBuilder p, DeviceSpec node, SourceStage sources) {
        Text path = new Text(node.path());
        if (sources.has(node)) {
            String what = "bind " + node.path();
            p.tolerate(ProgramBuilder.errors(EEXIST), what, Sys.MKNODAT, AT_FDCWD, path, Value.octal(0100000), ZERO);
            p.call(what, Sys.MOVE_MOUNT, sources.tree(node), EMPTY, AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
            return;
        }
        long number = node.minor() & 0xff | (long) node.major() << 8 | (long) (node.minor() & ~0xff) << 12;
        p.tolerate(ProgramBuilder.errors(EEXIST), "make " + node.path(), Sys.MKNODAT, AT_FDCWD, path,
                Value.octal(node.kind().bits() | node.mode()), new Value(number, node.major() + ":" + node.minor()));
        if (node.uid() != 0 || node.gid() != 0) {
            p.call("chown " + node.path(), Sys.FCHOWNAT, AT_FDCWD, path, Value.of(node.uid()), Value.of(node.gid()), ZERO);
        }
    }

    private static void link(ProgramBuilder p, String target, String path) {
        p.call("make " + path, Sys.SYMLINKAT, new Text(target), AT_FDCWD, new Text(path));
    }

    private static void directory(ProgramBuilder p, String path, int mode) {
        p.call("make " + path, Sys.MKDIRAT, AT_FDCWD, new Text(path), Value.octal(mode));
    }
}
