package io.windlass.cri.sandbox;

import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** The files that all containers of a sandbox see: /etc/hostname, /etc/hosts, /etc/resolv.conf and /dev/shm. */
final class SandboxFiles {
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");
    private static final long SHM_BYTES = 64L << 20;

    private SandboxFiles() {}

    static void create(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        write(paths.hostname(), hostname(sandbox.config()) + "\n");
        write(paths.hosts(), host("/etc/hosts"));
        write(paths.resolvConf(),
                sandbox.config().hasDnsConfig() ? resolvConf(sandbox.config().getDnsConfig()) : host("/etc/resolv.conf"));
        if (!sandbox.hostIpc()) {
            Files.createDirectory(paths.shm());
            Mount.mount("shm", paths.shm().toString(), "tmpfs", Mount.MS_NOSUID | Mount.MS_NODEV | Mount.MS_NOEXEC,
                    "mode=1777,size=" + SHM_BYTES);
        }
    }

    /** Unmounts the pod's /dev/shm. Repeatable. */
    static void unmount(SandboxPaths paths) throws IOException {
        try {
            Mount.umount2(paths.shm().toString(), Mount.MNT_DETACH | Mount.UMOUNT_NOFOLLOW);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EINVAL) {
                throw e;
            }
        }
    }

    /** Returns the name that the pod's containers see. */
    static String hostname(PodSandboxConfig config) throws IOException {
        return config.getHostname().isEmpty() ? Files.readString(Path.of("/proc/sys/kernel/hostname")).strip() : config.getHostname();
    }

    /** Returns the text of a resolv.conf(5). */
    static String resolvConf(DNSConfig dns) {
        var text = new StringBuilder();
        line(text, "search", dns.getSearchesList());
        dns.getServersList().forEach(server -> line(text, "nameserver", List.of(server)));
        line(text, "options", dns.getOptionsList());
        return text.toString();
    }

    private static void line(StringBuilder text, String keyword, List<String> words) {
        if (!words.isEmpty()) {
            text.append(keyword).append(' ').append(String.join(" ", words)).append('\n');
        }
    }

    private static String host(String file) throws IOException {
        var path = Path.of(file);
        return Files.isRegularFile(path) ? Files.readString(path) : "";
    }

    private static void write(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, READABLE); // whatever the umask: containers read it as any user
    }
}
