package io.windlass.cni;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Derives what a plugin reads from its standard input (CNI specification 1.1, section 3, "Deriving request configuration"). Pure. */
final class PluginInput {
    private PluginInput() {}

    /** For ADD, DEL and CHECK. */
    static ObjectNode forAttachment(NetworkConfigList list, PluginConfig plugin, ObjectNode runtimeConfig,
            @Nullable ObjectNode prevResult) {
        ObjectNode input = forNetwork(list, plugin);
        ObjectNode selected = RuntimeConfig.select(runtimeConfig, plugin.capabilities());
        if (!selected.isEmpty()) {
            input.set("runtimeConfig", selected);
        }
        if (prevResult != null) {
            input.set("prevResult", prevResult);
        }
        return input;
    }

    /** For STATUS and GC. */
    static ObjectNode forNetwork(NetworkConfigList list, PluginConfig plugin) {
        ObjectNode input = plugin.json().deepCopy();
        input.remove("capabilities");
        input.put("cniVersion", list.version().toString());
        input.put("name", list.name());
        return input;
    }
}
