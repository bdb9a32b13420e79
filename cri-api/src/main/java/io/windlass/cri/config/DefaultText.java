package io.windlass.cri.config;

/** The configuration file that changes nothing: every key with what it means and its default. */
public final class DefaultText {

    private DefaultText() {}

    /** The file's text, valid TOML. */
    public static String render() {
        StringBuilder text = new StringBuilder(
                "# Windlass, all keys with their defaults. Files in conf.d beside this one are read after it, in order of name.\n");
        String table = "";
        for (Setting<?> setting : Settings.ALL) {
            text.append('\n');
            if (!setting.table().equals(table)) {
                table = setting.table();
                text.append('[').append(table).append("]\n");
            }
            append(text, setting);
        }
        return text.toString();
    }

    private static <T> void append(StringBuilder text, Setting<T> setting) {
        setting.doc().lines().forEach(line -> text.append("# ").append(line).append('\n'));
        text.append(setting.key()).append(" = ").append(setting.kind().write(setting.fallback())).append('\n');
    }
}
