package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cri.config.Config;
import io.windlass.cri.v1.RuntimeServiceGrpc;

/** Which class answers which RPC of runtime.v1.RuntimeService. */
final class RuntimeService {

    private RuntimeService() {}

    static ServerServiceDefinition define(Config config, Parts parts, InFlight inFlight) {
        var table = new CallTable(RuntimeServiceGrpc.getServiceDescriptor(), inFlight);
        addNode(table, config, parts);
        addSandboxes(table, parts);
        addContainers(table, parts);
        addStreams(table, parts.streams());
        return table.build();
    }

    private static void addNode(CallTable table, Config config, Parts parts) {
        UpdateRuntimeConfig update = new UpdateRuntimeConfig(parts.networking());
        table.unary(RuntimeServiceGrpc.getVersionMethod(), new Version()::call)
                .unary(RuntimeServiceGrpc.getStatusMethod(), new NodeStatus(config, parts.networking().network()::status,
                        parts.networking().podCidrs()::text)::call)
                .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), new GetRuntimeConfig(config.cgroup())::call)
                .unary(RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), update::call);
    }

    private static void addSandboxes(CallTable table, Parts parts) {
        var calls = parts.pods().sandboxes();
        var stats = parts.pods().containers();
        table.unary(RuntimeServiceGrpc.getRunPodSandboxMethod(), calls.run()::call)
                .unary(RuntimeServiceGrpc.getStopPodSandboxMethod(), calls.stop()::call)
                .unary(RuntimeServiceGrpc.getRemovePodSandboxMethod(), calls.remove()::call)
                .unary(RuntimeServiceGrpc.getPodSandboxStatusMethod(), calls.status()::call)
                .unary(RuntimeServiceGrpc.getListPodSandboxMethod(), calls.list()::call)
                .unary(RuntimeServiceGrpc.getPodSandboxStatsMethod(), stats.podStats()::call)
                .unary(RuntimeServiceGrpc.getListPodSandboxStatsMethod(), stats.listPodStats()::call);
    }

    private static void addStreams(CallTable table, StreamCalls calls) {
        table.unary(RuntimeServiceGrpc.getExecMethod(), calls.exec()::call)
                .unary(RuntimeServiceGrpc.getAttachMethod(), calls.attach()::call)
                .unary(RuntimeServiceGrpc.getPortForwardMethod(), calls.portForward()::call);
    }

    private static void addContainers(CallTable table, Parts parts) {
        var calls = parts.pods().containers();
        table.unary(RuntimeServiceGrpc.getCreateContainerMethod(), calls.create()::call)
                .unary(RuntimeServiceGrpc.getStartContainerMethod(), calls.start()::call)
                .unary(RuntimeServiceGrpc.getStopContainerMethod(), calls.stop()::call)
                .unary(RuntimeServiceGrpc.getRemoveContainerMethod(), calls.remove()::call)
                .unary(RuntimeServiceGrpc.getContainerStatusMethod(), calls.status()::call)
                .unary(RuntimeServiceGrpc.getListContainersMethod(), calls.list()::call)
                .unary(RuntimeServiceGrpc.getUpdateContainerResourcesMethod(), calls.update()::call)
                .unary(RuntimeServiceGrpc.getReopenContainerLogMethod(), calls.reopenLog()::call)
                .unary(RuntimeServiceGrpc.getExecSyncMethod(), calls.execSync()::call)
                .unary(RuntimeServiceGrpc.getContainerStatsMethod(), calls.stats()::call)
                .unary(RuntimeServiceGrpc.getListContainerStatsMethod(), calls.listStats()::call);
    }
}
