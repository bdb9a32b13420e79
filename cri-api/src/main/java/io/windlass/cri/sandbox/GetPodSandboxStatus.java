package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.v1.LinuxPodSandboxStatus;
import io.windlass.cri.v1.Namespace;
import io.windlass.cri.v1.PodIP;
import io.windlass.cri.v1.PodSandboxNetworkStatus;
import io.windlass.cri.v1.PodSandboxStatus;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.PodSandboxStatusResponse;
import java.time.InstantSource;

/** Tells the state of one sandbox: the call PodSandboxStatus. Reads memory only. */
public final class GetPodSandboxStatus {
    private final SandboxStore store;
    private final SandboxParts parts;
    private final PodContainers containers;
    private final InstantSource clock;

    GetPodSandboxStatus(SandboxStore store, SandboxParts parts, PodContainers containers, InstantSource clock) {
        this.store = store;
        this.parts = parts;
        this.containers = containers;
        this.clock = clock;
    }

    /** @throws CriException NOT_FOUND for an unknown id */
    public PodSandboxStatusResponse call(PodSandboxStatusRequest request) {
        var sandbox = store.require(request.getPodSandboxId()).record();
        var response = PodSandboxStatusResponse.newBuilder().setStatus(status(sandbox)).setTimestamp(Clocks.nanos(clock))
                .addAllContainersStatuses(containers.statuses(sandbox.id()));
        if (request.getVerbose()) {
            response.putInfo("info", VerboseSandbox.json(sandbox, parts.paths(sandbox.id()), parts.initPid(sandbox)));
        }
        return response.build();
    }

    /** Returns a sandbox's record as the CRI shows it. */
    public static PodSandboxStatus status(SandboxRecord sandbox) {
        var network = PodSandboxNetworkStatus.newBuilder();
        if (sandbox.state() == SandboxState.READY && !sandbox.ips().isEmpty()) {
            network.setIp(sandbox.ips().getFirst());
            sandbox.ips().stream().skip(1).forEach(ip -> network.addAdditionalIps(PodIP.newBuilder().setIp(ip)));
        }
        return PodSandboxStatus.newBuilder().setId(sandbox.id().value()).setMetadata(sandbox.config().getMetadata())
                .setState(sandbox.state().toCri()).setCreatedAt(sandbox.createdAt()).setNetwork(network)
                .setLinux(LinuxPodSandboxStatus.newBuilder().setNamespaces(Namespace.newBuilder().setOptions(sandbox.namespaces())))
                .putAllLabels(sandbox.config().getLabelsMap()).putAllAnnotations(sandbox.config().getAnnotationsMap())
                .setRuntimeHandler(sandbox.handler()).build();
    }
}
