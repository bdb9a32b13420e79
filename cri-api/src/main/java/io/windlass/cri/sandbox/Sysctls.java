package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Kernel parameters of a pod. Only those that the pod's own network and IPC namespaces have; anything else would change the node. See
 * namespaces(7), ipc_namespaces(7) and network_namespaces(7).
 */
final class Sysctls {
    private static final String UNPRIVILEGED_PORTS = "net.ipv4.ip_unprivileged_port_start";
    private static final String PING_GROUPS = "net.ipv4.ping_group_range";

    /** Of one interface, which the network makes; what a new one starts with, and the loopback, are there before. */
    private static final Pattern OF_INTERFACE = Pattern.compile("net/\\w+/(?:conf|neigh)/(?!(?:all|default|lo)/).*");

    private Sysctls() {}

    /** @throws CriException INVALID_ARGUMENT for a parameter of the node, or a name or value that is none */
    static void check(PodSandboxConfig config) {
        var options = config.getLinux().getSecurityContext().getNamespaceOptions();
        config.getLinux().getSysctlsMap().forEach((name, value) -> {
            var path = path(name);
            if (!isPath(path) || !isValue(value)) {
                throw CriException.invalidArgument("sysctl \"" + printable(name) + "\" = \"" + printable(value)
                        + "\" is not valid: names are words joined by dots, values printable text without '+'");
            }
            NamespaceMode mode;
            if (isNetwork(path)) {
                mode = options.getNetwork();
            } else if (isIpc(path)) {
                mode = options.getIpc();
            } else {
                throw CriException.invalidArgument("sysctl " + name + " is not one of a pod: it would change the whole node");
            }
            if (mode == NamespaceMode.NODE) {
                throw CriException.invalidArgument("sysctl " + name + " would change the node, whose namespace the pod shares");
            }
        });
    }

    /**
     * Returns what is set in a sandbox before it has interfaces: the request's parameters, and in a network namespace of its own two that let
     * every user bind low ports and send pings, as users of the peers are used to.
     */
    static Map<String, String> of(SandboxRecord sandbox) {
        var sysctls = new LinkedHashMap<String, String>(); // the request's come last: they may spell the names of these otherwise
        if (!sandbox.hostNetwork()) {
            sysctls.put(UNPRIVILEGED_PORTS, "0");
            sysctls.put(PING_GROUPS, "0 2147483647");
        }
        sysctls.putAll(sandbox.config().getLinux().getSysctlsMap());
        sysctls.keySet().removeIf(Sysctls::isOfInterface);
        return sysctls;
    }

    /** Returns what is set once the network has made the sandbox's interfaces. */
    static Map<String, String> ofInterfaces(SandboxRecord sandbox) {
        var sysctls = new TreeMap<>(sandbox.config().getLinux().getSysctlsMap());
        sysctls.keySet().removeIf(name -> !isOfInterface(name));
        return sysctls;
    }

    /**
     * Sets the parameters in the namespaces of the calling thread.
     *
     * @throws CriException INVALID_ARGUMENT for a value that is none, FAILED_PRECONDITION for what this kernel has not, or does not let be set
     */
    static void apply(Map<String, String> sysctls) throws IOException {
        for (var sysctl : sysctls.entrySet()) {
            try (var file = open(sysctl.getKey())) {
                file.writeFully(sysctl.getValue().getBytes(StandardCharsets.US_ASCII));
            } catch (ErrnoException e) {
                var refusal = "sysctl " + sysctl.getKey() + " does not take the value \"" + sysctl.getValue() + "\": " + e.getMessage();
                switch (e.errno()) {
                    case Errno.EINVAL, Errno.ERANGE -> throw CriException.invalidArgument(refusal);
                    case Errno.ENOENT, Errno.EACCES, Errno.EPERM, Errno.EROFS -> throw CriException.failedPrecondition(refusal);
                    default -> throw e;
                }
            }
        }
    }

    private static Fd open(String name) throws IOException {
        try {
            return Syscall.open("/proc/sys/" + path(name), Fcntl.O_WRONLY, 0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                throw CriException.failedPrecondition("sysctl " + name + " does not exist on this kernel");
            }
            throw e;
        }
    }

    /**
     * Returns the path of a parameter below /proc/sys. The first of the two separators in a name is the one between directories, as in sysctl.d(5):
     * a slash in a name with dots stands for a dot, and the other way round: {@code net.ipv4.conf.eth0/100.rp_filter}.
     */
    private static String path(String name) {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        if (dot < 0 || slash >= 0 && slash < dot) {
            return name;
        }
        var path = new StringBuilder(name);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            path.setCharAt(i, c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return path.toString();
    }

    private static boolean isNetwork(String path) {
        return path.startsWith("net/");
    }

    private static boolean isOfInterface(String name) {
        return OF_INTERFACE.matcher(path(name)).matches();
    }

    private static boolean isIpc(String path) {
        return path.startsWith("fs/mqueue/") || path.startsWith("kernel/shm") || path.startsWith("kernel/msg")
                || path.equals("kernel/sem");
    }

    /** Every part of the path is there and leads downwards. */
    private static boolean isPath(String path) {
        for (var part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return path.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '.'
                || c == '_' || c == '-' || c == '@' || c == ':');
    }

    private static boolean isValue(String value) {
        return !value.isEmpty() && value.indexOf('+') < 0 && value.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\t');
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
