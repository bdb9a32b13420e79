package io.windlass.cni;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads network configuration lists, and single plugin configurations as lists of one. Pure; strict in all that reaches paths or environments. */
final class ConfigParser {
    private ConfigParser() {}

    /**
     * @param source the file's name, for messages
     * @throws ConfigException saying what is wrong and what would be right
     */
    static NetworkConfigList parse(String source, byte[] bytes) throws ConfigException {
        try {
            return parse(source, Json.parseObject(bytes));
        } catch (MalformedJsonException e) {
            throw new ConfigException("it is not valid JSON: " + e.getMessage(), e);
        }
    }

    static NetworkConfigList parse(String source, ObjectNode json) throws ConfigException {
        ObjectNode list = json.has("plugins") ? json : listOf(json);
        String name = requireText(list, "name");
        if (!Names.isName(name)) {
            throw new ConfigException(
                    "name \"" + name + "\" is not valid: use letters, digits, '_', '.' and '-', the first a letter or digit");
        }
        return new NetworkConfigList(source, name, version(list), flag(list, "disableCheck"), flag(list, "disableGC"),
                plugins(list), list);
    }

    private static ObjectNode listOf(ObjectNode plugin) throws ConfigException {
        requireText(plugin, "type");
        ObjectNode list = Json.object();
        list.set("cniVersion", plugin.path("cniVersion"));
        list.set("name", plugin.path("name"));
        list.putArray("plugins").add(plugin);
        return list;
    }

    /** The highest of {@code cniVersions} that is spoken here, else {@code cniVersion}. */
    private static CniVersion version(ObjectNode list) throws ConfigException {
        if (list.get("cniVersions") instanceof ArrayNode offered) {
            CniVersion best = null;
            for (CniVersion candidate : CniVersion.values()) {
                for (JsonNode offer : offered) {
                    best = candidate.toString().equals(offer.asString("")) ? candidate : best;
                }
            }
            if (best != null) {
                return best;
            }
        }
        String version = Json.text(list, "cniVersion");
        if (version.isEmpty()) {
            throw new ConfigException("cniVersion is missing: use one of " + CniVersion.supported());
        }
        return CniVersion.parse(version);
    }

    private static List<PluginConfig> plugins(ObjectNode list) throws ConfigException {
        if (!(list.get("plugins") instanceof ArrayNode array) || array.isEmpty()) {
            throw new ConfigException("plugins must be a list of at least one plugin");
        }
        List<PluginConfig> plugins = new ArrayList<>(array.size());
        for (JsonNode node : array) {
            if (!(node instanceof ObjectNode plugin)) {
                throw new ConfigException("plugins must hold objects, not " + node);
            }
            String type = requireText(plugin, "type");
            requireFileName(type);
            plugins.add(new PluginConfig(type, capabilities(type, plugin.get("capabilities")), plugin));
        }
        return plugins;
    }

    /** The type becomes a path below the plugin directories, so it may not leave them. */
    private static void requireFileName(String type) throws ConfigException {
        boolean bad = type.equals(".") || type.equals("..");
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            bad |= c == '/' || c == '\\' || c < ' ' || c == 0x7f;
        }
        if (bad) {
            throw new ConfigException(
                    "plugin type \"" + type + "\" is not valid: it must be the bare name of a file in the plugin directories");
        }
    }

    private static Set<String> capabilities(String type, @Nullable JsonNode node)
            throws ConfigException {
        Set<String> names = new HashSet<>();
        if (node == null || node.isNull()) {
            return names;
        }
        if (!node.isObject()) {
            throw new ConfigException("capabilities of plugin \"" + type + "\" must be an object of booleans");
        }
        for (var entry : node.properties()) {
            if (!entry.getValue().isBoolean()) {
                throw new ConfigException("capability \"" + entry.getKey() + "\" of plugin \"" + type + "\" must be true or false");
            }
            if (entry.getValue().booleanValue()) {
                names.add(entry.getKey());
            }
        }
        return names;
    }

    private static String requireText(ObjectNode object, String key) throws ConfigException {
        JsonNode node = object.get(key);
        if (node == null || node.isNull() || node.isString() && node.stringValue().isEmpty()) {
            throw new ConfigException(key + " is missing");
        }
        if (!node.isString()) {
            throw new ConfigException(key + " must be a string, not " + node);
        }
        return node.stringValue();
    }

    private static boolean flag(ObjectNode object, String key) throws ConfigException {
        JsonNode node = object.get(key);
        if (node == null || node.isNull()) {
            return false;
        }
        return switch (node.asString("")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(key + " must be true or false, not " + node);
        };
    }
}
