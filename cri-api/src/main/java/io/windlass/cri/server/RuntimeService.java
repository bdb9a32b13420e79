package io.windlass.cri.server;

import io.grpc.ServerServiceDefinition;
import io.windlass.cri.config.Config;
import io.windlass.cri.container.StreamContainers;
import io.windlass.cri.event.GetContainerEvents;
import io.windlass.cri.sandbox.StreamPodSandboxes;
import io.windlass.cri.stats.Stats;
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
        addStats(table, parts.stats().calls());
        return table.build();
    }

    private static void addNode(CallTable table, Config config, Parts parts) {
        UpdateRuntimeConfig update = new UpdateRuntimeConfig(parts.networking());
        table.unary(RuntimeServiceGrpc.getVersionMethod(), new Version()::call)
                .unary(RuntimeServiceGrpc.getStatusMethod(), new NodeStatus(config, KernelSupport.probe(),
                        parts.networking().network()::status, parts.networking().podCidrs()::text)::call)
                .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), new GetRuntimeConfig(config.cgroup())::call)
                .unary(RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), update::call);
    }

    private static void addSandboxes(CallTable table, Parts parts) {
        var calls = parts.pods().sandboxes();
        table.unary(RuntimeServiceGrpc.getRunPodSandboxMethod(), calls.run()::call)
                .unary(RuntimeServiceGrpc.getStopPodSandboxMethod(), calls.stop()::call)
                .unary(RuntimeServiceGrpc.getRemovePodSandboxMethod(), calls.remove()::call)
                .unary(RuntimeServiceGrpc.getPodSandboxStatusMethod(), calls.status()::call)
                .unary(RuntimeServiceGrpc.getListPodSandboxMethod(), calls.list()::call)
                .stream(RuntimeServiceGrpc.getStreamPodSandboxesMethod(), new StreamPodSandboxes(calls.list())::call)
                .watch(RuntimeServiceGrpc.getGetContainerEventsMethod(), new GetContainerEvents(parts.pods().events())::call);
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
                .stream(RuntimeServiceGrpc.getStreamContainersMethod(), new StreamContainers(calls.list())::call)
                .unary(RuntimeServiceGrpc.getUpdateContainerResourcesMethod(), calls.update()::call)
                .unary(RuntimeServiceGrpc.getReopenContainerLogMethod(), calls.reopenLog()::call)
                .unary(RuntimeServiceGrpc.getExecSyncMethod(), calls.execSync()::call)
                .unary(RuntimeServiceGrpc.getCheckpointContainerMethod(), calls.checkpoint()::call)
                .unary(RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(), calls.updatePod()::call);
    }

    private static void addStats(CallTable table, Stats.Calls calls) {
        table.unary(RuntimeServiceGrpc.getContainerStatsMethod(), calls.container()::call)
                .unary(RuntimeServiceGrpc.getListContainerStatsMethod(), calls.containers()::call)
                .stream(RuntimeServiceGrpc.getStreamContainerStatsMethod(), calls.streamContainers()::call)
                .unary(RuntimeServiceGrpc.getPodSandboxStatsMethod(), calls.sandbox()::call)
                .unary(RuntimeServiceGrpc.getListPodSandboxStatsMethod(), calls.sandboxes()::call)
                .stream(RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(), calls.streamSandboxes()::call)
                .unary(RuntimeServiceGrpc.getListMetricDescriptorsMethod(), calls.descriptors()::call)
                .unary(RuntimeServiceGrpc.getListPodSandboxMetricsMethod(), calls.metrics()::call)
                .stream(RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod(), calls.streamMetrics()::call);
    }
}
