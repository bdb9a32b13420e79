package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.Json;
import io.windlass.cri.store.MessageJson;
import io.windlass.cri.v1.LinuxPodSandboxStatus;
import io.windlass.cri.v1.Namespace;
import io.windlass.cri.v1.PodIP;
import io.windlass.cri.v1.PodSandboxNetworkStatus;
import io.windlass.cri.v1.PodSandboxStatus;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.PodSandboxStatusResponse;
import java.nio.charset.StandardCharsets;
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
            response.putInfo("info", verbose(sandbox));
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

    private String verbose(SandboxRecord sandbox) {
        var paths = parts.paths(sandbox.id());
        return new String(Json.object(json -> {
            json.writeNumberProperty("pid", parts.initPid(sandbox));
            json.writeStringProperty("processStatus", sandbox.state() == SandboxState.READY ? "running" : "deleted");
            json.writeBooleanProperty("netNamespaceClosed", !sandbox.hostNetwork() && sandbox.state() != SandboxState.READY);
            json.writeStringProperty("runtimeHandler", sandbox.handler());
            json.writeStringProperty("cgroup", sandbox.cgroup().path());
            json.writeObjectPropertyStart("namespaces");
            json.writeStringProperty("network", sandbox.hostNetwork() ? "" : paths.net().toString());
            json.writeStringProperty("uts", sandbox.hostNetwork() ? "" : paths.uts().toString());
            json.writeStringProperty("ipc", sandbox.hostIpc() ? "" : paths.ipc().toString());
            json.writeEndObject();
            json.writeName("config");
            MessageJson.write(json, sandbox.config());
        }), StandardCharsets.UTF_8);
    }
}
