package io.windlass.cri.server;

import io.windlass.cri.v1.UpdateRuntimeConfigRequest;
import io.windlass.cri.v1.UpdateRuntimeConfigResponse;
import java.util.concurrent.atomic.AtomicReference;

/** RPC UpdateRuntimeConfig: keeps the pod CIDR for Status to show. Networks have their addresses from their own configuration. */
final class UpdateRuntimeConfig {

    private final AtomicReference<String> podCidr = new AtomicReference<>("");

    UpdateRuntimeConfigResponse call(UpdateRuntimeConfigRequest request) {
        String cidr = request.getRuntimeConfig().getNetworkConfig().getPodCidr();
        if (!cidr.isEmpty()) {
            podCidr.set(cidr);
        }
        return UpdateRuntimeConfigResponse.getDefaultInstance();
    }

    /** What the kubelet said last, empty at first. */
    String podCidr() {
        return podCidr.get();
    }
}
