package io.windlass.cri.container;

import io.windlass.cri.container.spec.DeviceRules.GivenDevice;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Device;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.spec.DeviceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Devices of the host for a container: those of the request, and all of /dev for a privileged one. See mknod(2) and makedev(3). */
final class HostDevices {
    private static final Path DEV = Path.of("/dev");
    private static final Set<String> NOT_SHARED = Set.of("pts", "shm", "fd", "mqueue", ".udev", "console", "null", "zero", "full",
            "random", "urandom", "tty", "ptmx");

    private HostDevices() {}

    /**
     * Finds the devices of a request. A directory stands for all devices in it, a container's path may be anywhere.
     *
     * @throws CriException INVALID_ARGUMENT for a path that is no device, FAILED_PRECONDITION for one that is not there
     */
    static List<GivenDevice> find(List<Device> devices) throws IOException {
        var found = new ArrayList<GivenDevice>();
        for (var device : devices) {
            var access = access(device);
            var host = Path.of(device.getHostPath());
            var target = Path.of(device.getContainerPath().isEmpty() ? device.getHostPath() : device.getContainerPath()).normalize();
            if (!host.isAbsolute() || !target.isAbsolute() || target.getNameCount() == 0 || target.equals(DEV)) {
                throw CriException.invalidArgument("device " + device.getHostPath() + " as " + device.getContainerPath()
                        + ": both paths must be absolute, the container's neither / nor /dev");
            }
            if (Files.notExists(host)) {
                throw CriException.failedPrecondition("device " + host + " does not exist on this node");
            }
            int before = found.size();
            walk(host.toRealPath(), target, access, found);
            if (found.size() == before) {
                throw CriException.invalidArgument("device " + host + " is neither a device nor a directory with devices");
            }
        }
        return found;
    }

    /** Returns all devices of the host. */
    static List<GivenDevice> all() throws IOException {
        var found = new ArrayList<GivenDevice>();
        walk(DEV, DEV, "rwm", found);
        return found;
    }

    private static void walk(Path host, Path target, String access, List<GivenDevice> found) throws IOException {
        if (!Files.isDirectory(host, LinkOption.NOFOLLOW_LINKS)) {
            add(host, target, access, found);
            return;
        }
        try (var entries = Files.newDirectoryStream(host)) {
            for (var entry : entries) {
                if (!(host.equals(DEV) && NOT_SHARED.contains(entry.getFileName().toString()))) {
                    walkIfThere(entry, target.resolve(entry.getFileName()), access, found);
                }
            }
        }
    }

    /** What is in /dev comes and goes: a device of the host, or a file that its udev is about to rename. */
    private static void walkIfThere(Path host, Path target, String access, List<GivenDevice> found) throws IOException {
        try {
            walk(host, target, access, found);
        } catch (NoSuchFileException e) {
            return; // it was a directory
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private static void add(Path host, Path target, String access, List<GivenDevice> found) throws IOException {
        var stat = Syscall.statx(Fd.CWD, host.toString(), Fcntl.AT_SYMLINK_NOFOLLOW);
        int type = stat.type();
        if (type == Stat.S_IFCHR || type == Stat.S_IFBLK) {
            var kind = type == Stat.S_IFCHR ? DeviceSpec.Kind.CHARACTER : DeviceSpec.Kind.BLOCK;
            found.add(new GivenDevice(
                    new DeviceSpec(target.toString(), kind, stat.major(), stat.minor(), stat.permissions(), stat.uid(), stat.gid(),
                            host),
                    access));
        }
    }

    private static String access(Device device) {
        var access = device.getPermissions().isEmpty() ? "rwm" : device.getPermissions();
        if (!access.chars().allMatch(c -> c == 'r' || c == 'w' || c == 'm')) {
            throw CriException.invalidArgument("device " + device.getHostPath() + ": permissions \"" + access
                    + "\" are not made of r, w and m");
        }
        return access;
    }
}
