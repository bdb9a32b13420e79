package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.config.Config;
import io.windlass.cri.v1.RuntimeServiceGrpc;

/** Which class answers which RPC of runtime.v1.RuntimeService. */
final class RuntimeService {

    private RuntimeService() {}

    static ServerServiceDefinition define(Config config, PodNetwork network, InFlight inFlight) {
        UpdateRuntimeConfig update = new UpdateRuntimeConfig();
        return new CallTable(RuntimeServiceGrpc.getServiceDescriptor(), inFlight)
                .unary(RuntimeServiceGrpc.getVersionMethod(), new Version()::call)
                .unary(RuntimeServiceGrpc.getStatusMethod(),
                        new NodeStatus(config, network::status, update::podCidr)::call)
                .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), new GetRuntimeConfig(config.cgroup())::call)
                .unary(RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), update::call).build();
    }
}
