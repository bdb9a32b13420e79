package io.windlass.cri.sandbox;

import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Mount;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files that all containers of a sandbox see: /etc/hostname, /etc/hosts, /etc/resolv.conf and /dev/shm. */
final class SandboxFiles {
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");
    private static final long SHM_BYTES = 64L << 20;

    private SandboxFiles() {}

    static void create(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        var users = sandbox.users();
        write(users, paths.hostname(), (hostname(sandbox.config()) + "\n").getBytes(StandardCharsets.UTF_8));
        write(users, paths.hosts(), host(Path.of("/etc/hosts")));
        write(users, paths.resolvConf(), resolvConf(sandbox));
        if (!sandbox.hostIpc()) {
            Files.createDirectory(paths.shm());
            Mount.mount("shm", paths.shm().toString(), "tmpfs", Mount.MS_NOSUID | Mount.MS_NODEV | Mount.MS_NOEXEC,
                    "mode=1777,size=" + SHM_BYTES + users.map(root -> ",uid=" + root.hostUid() + ",gid=" + root.hostGid()).orElse(""));
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

    /** Says what is asked for; where that is nothing, what the node has. */
    private static byte[] resolvConf(SandboxRecord sandbox) throws IOException {
        var asked = resolvConf(sandbox.config().getDnsConfig());
        if (!asked.isEmpty()) {
            return asked.getBytes(StandardCharsets.UTF_8);
        }
        var host = host(Path.of("/etc/resolv.conf"));
        var upstream = host(Path.of("/run/systemd/resolve/resolv.conf"));
        var text = new String(host, StandardCharsets.ISO_8859_1);
        return sandbox.hostNetwork() || upstream.length == 0 || !onlyLoopback(text) ? host : upstream;
    }

    /** Returns whether all name servers are the node's own, such as systemd-resolved's stub, which a pod does not reach. */
    static boolean onlyLoopback(String resolvConf) {
        var servers = resolvConf.lines().map(String::strip).filter(line -> line.startsWith("nameserver"))
                .map(line -> line.substring("nameserver".length()).strip()).toList();
        return !servers.isEmpty() && servers.stream().allMatch(server -> server.startsWith("127.") || server.equals("::1"));
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

    /** Returns what is in a file of the node, whatever bytes; empty where there is none. */
    static byte[] host(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
    }

    private static void write(Optional<UserMapping> users, Path path, byte[] content) throws IOException {
        Files.write(path, content);
        Files.setPosixFilePermissions(path, READABLE); // whatever the umask: containers read it as any user
        if (users.isPresent()) {
            Syscall.fchownat(Fd.CWD, path.toString().getBytes(StandardCharsets.UTF_8), (int) users.get().hostUid(),
                    (int) users.get().hostGid(), 0);
        }
    }
}
