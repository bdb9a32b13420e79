package io.windlass.cri.server;

import io.windlass.cni.NetworkStatus;
import io.windlass.cri.config.Config;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.RuntimeFeatures;
import io.windlass.cri.v1.RuntimeHandler;
import io.windlass.cri.v1.RuntimeHandlerFeatures;
import io.windlass.cri.v1.RuntimeStatus;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;

/** RPC Status: what the kubelet makes the node's condition of. */
final class NodeStatus {

    private static final boolean USER_NAMESPACES = Files.exists(Path.of("/proc/self/ns/user"));

    private final Config config;
    private final KernelSupport kernel;
    private final Supplier<NetworkStatus> network;
    private final Supplier<String> podCidr;

    /**
     * The status of a daemon that is up.
     *
     * @param network asked at every call, must not wait
     */
    NodeStatus(Config config, KernelSupport kernel, Supplier<NetworkStatus> network, Supplier<String> podCidr) {
        this.config = config;
        this.kernel = kernel;
        this.network = network;
        this.podCidr = podCidr;
    }

    StatusResponse call(StatusRequest request) {
        NetworkStatus net = network.get();
        StatusResponse.Builder response = StatusResponse.newBuilder();
        response.setStatus(RuntimeStatus.newBuilder()
                .addConditions(RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(kernel.suffices())
                        .setReason(kernel.suffices() ? "" : "KernelNotSupported").setMessage(kernel.lack()))
                .addConditions(RuntimeCondition.newBuilder().setType("NetworkReady").setStatus(net.ready()).setReason(net.reason())
                        .setMessage(net.message())));
        Stream.concat(Stream.of(""), config.runtimeHandlers().stream().sorted())
                .forEach(name -> response.addRuntimeHandlers(RuntimeHandler.newBuilder().setName(name).setFeatures(RuntimeHandlerFeatures
                        .newBuilder().setRecursiveReadOnlyMounts(kernel.suffices()).setUserNamespaces(USER_NAMESPACES))));
        response.setFeatures(RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true).setMountOptions(true)
                .setUserNamespacesHostNetwork(USER_NAMESPACES));
        if (request.getVerbose()) {
            response.putInfo("config", ConfigJson.render(config, podCidr.get()));
            response.putInfo("network", network(net));
        }
        return response.build();
    }

    private static String network(NetworkStatus status) {
        return JsonNodeFactory.instance.objectNode().put("name", status.network()).put("ready", status.ready())
                .put("message", status.message())
                .toString();
    }
}
