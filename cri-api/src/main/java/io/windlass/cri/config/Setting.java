package io.windlass.cri.config;

/**
 * One key of the configuration.
 *
 * @param name     dotted, as in {@code cni.conf_dir}; at most one dot
 * @param fallback the default
 * @param kind     how the value is read and written
 * @param doc      what it means, in lines for people
 */
record Setting<T>(String name, T fallback, Kind<T> kind, String doc) {

    /** The table the key is in, empty for the top. */
    String table() {
        return name.substring(0, Math.max(0, name.indexOf('.')));
    }

    /** The key within its table. */
    String key() {
        return name.substring(name.indexOf('.') + 1);
    }
}
