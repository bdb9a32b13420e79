package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Bpf;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.spec.Resources.DeviceRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Device rules of a cgroup of v2: a program that is attached to it. */
final class DeviceGuard {
    private DeviceGuard() {}

    /** Puts rules in force instead of those before; at no time is there none. */
    static void set(Path directory, List<DeviceRule> rules) throws IOException {
        try (Fd cgroup = Syscall.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            List<Integer> before = DeviceProgram.allowsAll(rules) ? attached(cgroup) : Bpf.attachedPrograms(cgroup);
            if (!DeviceProgram.allowsAll(rules)) {
                try (Fd program = Bpf.loadDeviceProgram(DeviceProgram.of(rules))) {
                    Bpf.attach(cgroup, program);
                }
            }
            for (int id : before) {
                Bpf.detach(cgroup, id);
            }
        }
    }

    /** A kernel without such programs lets everything through anyway. */
    private static List<Integer> attached(Fd cgroup) throws IOException {
        try {
            return Bpf.attachedPrograms(cgroup);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOSYS) {
                return List.of();
            }
            throw e;
        }
    }
}
