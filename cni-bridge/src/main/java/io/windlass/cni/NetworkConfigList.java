package io.windlass.cni;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A network configuration list (CNI specification 1.1, section 1), validated.
 *
 * @param source the file it came from, for messages
 * @param disableCheck CHECK must not be run
 * @param disableGc GC must not be run
 * @param plugins in the order of ADD; never empty
 * @param json the list as it stood in its file; not to be changed
 */
record NetworkConfigList(String source, String name, CniVersion version, boolean disableCheck, boolean disableGc,
        List<PluginConfig> plugins, ObjectNode json) {

    NetworkConfigList {
        plugins = List.copyOf(plugins);
    }

    /** Returns {@code network "NAME" (FILE)} for messages. */
    String label() {
        return "network \"" + name + "\" (" + source + ")";
    }
}
