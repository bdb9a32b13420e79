package io.windlass.cni;

import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * One plugin of a network configuration list.
 *
 * @param type the plugin's file name; never a path
 * @param capabilities the runtime configuration that it asks for
 * @param json the whole object as it stands in the list; not to be changed
 */
record PluginConfig(String type, Set<String> capabilities, ObjectNode json) {

    PluginConfig {
        capabilities = Set.copyOf(capabilities);
    }
}
