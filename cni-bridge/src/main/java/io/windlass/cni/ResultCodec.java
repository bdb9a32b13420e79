package io.windlass.cni;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a plugin's result, versions 0.3.0 to 1.1.0 (CNI specification 1.1, section 5, "Success"). Pure. */
final class ResultCodec {
    private ResultCodec() {}

    /** @throws ConfigException naming the key that is not as it should be */
    static NetworkResult decode(String network, ObjectNode json) throws ConfigException {
        List<NetworkResult.Interface> interfaces = new ArrayList<>();
        for (JsonNode node : array(json, "interfaces")) {
            interfaces.add(new NetworkResult.Interface(Json.text(node, "name"), Json.text(node, "mac"), Json.text(node, "sandbox")));
        }
        List<NetworkResult.IpConfig> ips = new ArrayList<>();
        for (JsonNode node : array(json, "ips")) {
            ips.add(new NetworkResult.IpConfig(cidr(node, "address"), address(node, "gateway"), node.path("interface").asInt(-1)));
        }
        List<NetworkResult.Route> routes = new ArrayList<>();
        for (JsonNode node : array(json, "routes")) {
            routes.add(new NetworkResult.Route(cidr(node, "dst"), address(node, "gw")));
        }
        return new NetworkResult(network, interfaces, ips, routes, dns(json.path("dns")));
    }

    /** Returns the result as a chain of version {@code to} expects it as prevResult; the argument is not changed. */
    static ObjectNode convert(ObjectNode result, CniVersion to) {
        if (to.toString().equals(Json.text(result, "cniVersion"))) {
            return result;
        }
        ObjectNode converted = result.deepCopy();
        converted.put("cniVersion", to.toString());
        for (JsonNode ip : converted.path("ips")) {
            if (ip instanceof ObjectNode object) {
                if (to.namesFamily()) {
                    object.put("version", Json.text(object, "address").indexOf(':') < 0 ? "4" : "6");
                } else {
                    object.remove("version");
                }
            }
        }
        return converted;
    }

    private static PodDns dns(JsonNode node) throws ConfigException {
        return new PodDns(texts(node, "nameservers"), Json.text(node, "domain"), texts(node, "search"), texts(node, "options"));
    }

    private static Iterable<JsonNode> array(JsonNode object, String key) throws ConfigException {
        JsonNode node = object.path(key);
        if (!node.isArray() && !node.isMissingNode() && !node.isNull()) {
            throw new ConfigException(key + " must be a list, not " + node);
        }
        return node;
    }

    private static List<String> texts(JsonNode object, String key) throws ConfigException {
        List<String> texts = new ArrayList<>();
        for (JsonNode node : array(object, key)) {
            texts.add(node.asString(""));
        }
        return texts;
    }

    private static Cidr cidr(JsonNode object, String key) throws ConfigException {
        try {
            return Cidr.parse(Json.text(object, key));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable InetAddress address(JsonNode object, String key) throws ConfigException {
        String text = Json.text(object, key);
        try {
            return text.isEmpty() ? null : Cidr.parseAddress(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + ": " + e.getMessage(), e);
        }
    }
}
