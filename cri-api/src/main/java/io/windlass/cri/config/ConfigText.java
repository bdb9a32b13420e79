package io.windlass.cri.config;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** Turns one file's TOML into values; whatever is not a key of ours is refused. */
final class ConfigText {

    private ConfigText() {}

    /**
     * The values a text sets.
     *
     * @param file how messages name the text
     * @throws ConfigException with file, line and key of what is wrong
     */
    static Values parse(String file, String text) {
        JsonNode tree;
        try {
            tree = new TomlMapper().readTree(text);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ConfigException(file + (line > 0 ? ":" + line : "") + ": not TOML: " + e.getOriginalMessage(), e);
        }
        Map<String, Setting<?>> known = Settings.ALL.stream().collect(Collectors.toMap(Setting::name, setting -> setting));
        Map<Setting<?>, Object> set = new HashMap<>();
        for (Map.Entry<String, JsonNode> top : tree.properties()) {
            if (!isTable(top.getKey())) {
                put(file, text, top.getKey(), top.getValue(), known, set);
            } else if (!top.getValue().isObject()) {
                throw new ConfigException(at(file, text, top.getKey()) + ": " + top.getKey() + " is a table, write [" + top.getKey() + "]");
            } else {
                top.getValue().properties()
                        .forEach(entry -> put(file, text, top.getKey() + "." + entry.getKey(), entry.getValue(), known, set));
            }
        }
        return new Values(set);
    }

    private static boolean isTable(String name) {
        return Settings.ALL.stream().anyMatch(setting -> setting.table().equals(name));
    }

    private static void put(String file, String text, String name, JsonNode node, Map<String, Setting<?>> known,
            Map<Setting<?>, Object> set) {
        Setting<?> setting = known.get(name);
        if (setting == null) {
            throw new ConfigException(at(file, text, name) + ": unknown key " + name + ", windlass config default prints all keys");
        }
        try {
            set.put(setting, setting.kind().read(node));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(at(file, text, name) + ": " + name + ": " + e.getMessage(), e);
        }
    }

    /** File and, where a line starts with the key's last part, line: the parser keeps no places of values. */
    private static String at(String file, String text, String name) {
        int dot = name.indexOf('.');
        String table = dot < 0 ? "" : name.substring(0, dot);
        String key = name.substring(dot + 1);
        String current = "";
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String bare = line.strip();
            if (bare.startsWith("[")) {
                current = bare.replaceAll("[\\[\\]\\s\"']|#.*", "");
            }
            String left = bare.split("=", -1)[0].replaceAll("[\\s\"']", "");
            boolean here = current.equals(table) && left.equals(key)
                    || current.isEmpty() && (left.equals(name) || left.equals(table) && dot > 0);
            if (here && bare.contains("=") || dot < 0 && current.equals(key)) {
                return file + ":" + number;
            }
        }
        return file;
    }
}
