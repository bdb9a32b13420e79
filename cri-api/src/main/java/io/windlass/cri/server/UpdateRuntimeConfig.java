package io.windlass.cri.server;

import io.windlass.cni.Cidr;
import io.windlass.cni.NetworkException;
import io.windlass.cni.PodCidrs;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.UpdateRuntimeConfigRequest;
import io.windlass.cri.v1.UpdateRuntimeConfigResponse;
import java.io.IOException;
import java.util.List;

/**
 * RPC UpdateRuntimeConfig: the cluster has given the node's pods a network, or one of each family. The network template is rendered with it, or
 * the built-in bridge has its addresses of it from now on; pods that are there keep theirs.
 */
final class UpdateRuntimeConfig {
    private final Networking networking;

    UpdateRuntimeConfig(Networking networking) {
        this.networking = networking;
    }

    /** @throws CriException INVALID_ARGUMENT for a CIDR that is none, or has no room for pods */
    UpdateRuntimeConfigResponse call(UpdateRuntimeConfigRequest request) throws IOException, NetworkException {
        String text = request.getRuntimeConfig().getNetworkConfig().getPodCidr();
        if (!text.isEmpty()) {
            List<Cidr> networks = parse(text);
            networking.network().usePodCidrs(networks);
            networking.podCidrs().keep(networks);
        }
        return UpdateRuntimeConfigResponse.getDefaultInstance();
    }

    private static List<Cidr> parse(String text) {
        try {
            return PodCidrs.parse(text);
        } catch (IllegalArgumentException e) {
            throw CriException.invalidArgument("runtime_config.network_config.pod_cidr: " + e.getMessage());
        }
    }
}
