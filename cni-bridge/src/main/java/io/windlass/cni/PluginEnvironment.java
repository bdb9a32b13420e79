package io.windlass.cni;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The environment of a plugin (CNI specification 1.1, section 2): the parameters and PATH, and nothing of the daemon's own.
 *
 * @param binDirs the plugin directories; CNI_PATH
 * @param path PATH, for plugins that call iptables and the like
 */
record PluginEnvironment(List<Path> binDirs, String path) {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    PluginEnvironment {
        binDirs = List.copyOf(binDirs);
    }

    static PluginEnvironment of(List<Path> binDirs) {
        String path = System.getenv("PATH");
        return new PluginEnvironment(binDirs, path == null || path.isEmpty() ? DEFAULT_PATH : path);
    }

    /**
     * For ADD, DEL and CHECK.
     *
     * @param netns the namespace's path, or empty where it is gone
     */
    List<String> forAttachment(PluginCommand command, AttachmentRecord record, String netns) {
        List<String> variables = forNetwork(command);
        variables.add("CNI_CONTAINERID=" + record.sandboxId());
        variables.add("CNI_NETNS=" + netns);
        variables.add("CNI_IFNAME=" + record.ifName());
        variables.add("CNI_ARGS=" + record.args());
        return variables;
    }

    /** For STATUS, GC and VERSION. */
    List<String> forNetwork(PluginCommand command) {
        List<String> variables = new ArrayList<>(8);
        variables.add("PATH=" + path);
        variables.add("CNI_COMMAND=" + command);
        variables.add("CNI_PATH=" + String.join(":", binDirs.stream().map(Path::toString).toList()));
        return variables;
    }
}
