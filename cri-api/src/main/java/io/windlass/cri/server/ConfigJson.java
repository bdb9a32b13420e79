package io.windlass.cri.server;

import io.windlass.cri.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The configuration as verbose Status shows it; kubeadm reads {@code sandboxImage} of it. There are no secrets in it. */
final class ConfigJson {

    private ConfigJson() {}

    static String render(Config config, String podCidr) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("root", config.root().toString()).put("state", config.state().toString()).put("socket", config.socket().toString());
        json.put("sandboxImage", config.sandboxImage()).put("podCidr", podCidr);
        ArrayNode handlers = json.putArray("runtimeHandlers");
        config.runtimeHandlers().stream().sorted().forEach(handlers::add);
        json.putObject("cni").put("confDir", config.cni().confDir().toString()).put("defaultSubnet", config.cni().defaultSubnet())
                .put("bridge", config.cni().bridge()).put("netnsDir", config.cni().netnsDir().toString())
                .put("confTemplate", config.cni().confTemplate())
                .put("pluginTimeoutSeconds", config.cni().timeoutSeconds()).set("binDirs", list(json, config.cni().binDirs()));
        json.putObject("registry").put("maxConcurrentDownloads", config.registry().maxConcurrentDownloads()).put("configPath",
                config.registry().configPath().toString());
        json.put("cgroupDriver", config.cgroup().driver().name().toLowerCase(Locale.ROOT)).put("streamAddress", config.stream().address());
        json.put("logLevel", config.log().level().name().toLowerCase(Locale.ROOT))
                .put("maxLogLineBytes", config.container().maxLogLineBytes())
                .put("pidsLimit", config.container().pidsLimit());
        return json.toString();
    }

    private static ArrayNode list(ObjectNode owner, List<Path> paths) {
        ArrayNode array = owner.arrayNode();
        paths.forEach(path -> array.add(path.toString()));
        return array;
    }
}
