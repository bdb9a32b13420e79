package io.windlass.cni;

/** The operations of a plugin, as CNI_COMMAND names them. */
enum PluginCommand {
    ADD, DEL, CHECK, STATUS, GC, VERSION
}
