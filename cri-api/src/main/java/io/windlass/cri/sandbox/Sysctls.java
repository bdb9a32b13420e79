package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Kernel parameters of a pod. Only those that the pod's own network and IPC namespaces have; anything else would change the node. See
 * namespaces(7), ipc_namespaces(7) and network_namespaces(7).
 */
final class Sysctls {
    private static final String UNPRIVILEGED_PORTS = "net.ipv4.ip_unprivileged_port_start";
    private static final String PING_GROUPS = "net.ipv4.ping_group_range";

    /** Of one interface, which the network makes; what a new one starts with, and the loopback, are there before. */
    private static final Predicate<String> OF_INTERFACE =
            Pattern.compile("net[./]\\w+[./](?:conf|neigh)[./](?!(?:all|default|lo)[./]).*").asMatchPredicate();

    private Sysctls() {}

    /** @throws CriException INVALID_ARGUMENT for a parameter of the node, or a name or value that is none */
    static void check(PodSandboxConfig config) {
        var options = config.getLinux().getSecurityContext().getNamespaceOptions();
        config.getLinux().getSysctlsMap().forEach((name, value) -> {
            if (!isName(name) || !isValue(value)) {
                throw CriException.invalidArgument("sysctl \"" + printable(name) + "\" = \"" + printable(value)
                        + "\" is not valid: names are words joined by dots, values printable text without '+'");
            }
            NamespaceMode mode;
            if (isNetwork(name)) {
                mode = options.getNetwork();
            } else if (isIpc(name)) {
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
        var sysctls = new TreeMap<String, String>();
        if (!sandbox.hostNetwork()) {
            sysctls.put(UNPRIVILEGED_PORTS, "0");
            sysctls.put(PING_GROUPS, "0 2147483647");
        }
        sysctls.putAll(sandbox.config().getLinux().getSysctlsMap());
        sysctls.keySet().removeIf(OF_INTERFACE);
        return sysctls;
    }

    /** Returns what is set once the network has made the sandbox's interfaces. */
    static Map<String, String> ofInterfaces(SandboxRecord sandbox) {
        var sysctls = new TreeMap<>(sandbox.config().getLinux().getSysctlsMap());
        sysctls.keySet().removeIf(OF_INTERFACE.negate());
        return sysctls;
    }

    /** Sets the parameters in the namespaces of the calling thread. */
    static void apply(Map<String, String> sysctls) throws IOException {
        for (var sysctl : sysctls.entrySet()) {
            try {
                Files.writeString(Path.of("/proc/sys", sysctl.getKey().replace('.', '/')), sysctl.getValue());
            } catch (NoSuchFileException e) {
                throw CriException.invalidArgument("sysctl " + sysctl.getKey() + " does not exist on this kernel");
            } catch (IOException e) {
                throw CriException.invalidArgument(
                        "sysctl " + sysctl.getKey() + " does not take the value \"" + sysctl.getValue() + "\": " + e.getMessage());
            }
        }
    }

    private static boolean isNetwork(String name) {
        return name.startsWith("net.");
    }

    private static boolean isIpc(String name) {
        return name.startsWith("fs.mqueue.") || name.startsWith("kernel.shm") || name.startsWith("kernel.msg")
                || name.equals("kernel.sem");
    }

    private static boolean isName(String name) {
        if (name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
            return false;
        }
        return name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_'
                || c == '-' || c == '@' || c == ':');
    }

    private static boolean isValue(String value) {
        return !value.isEmpty() && value.indexOf('+') < 0 && value.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\t');
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
