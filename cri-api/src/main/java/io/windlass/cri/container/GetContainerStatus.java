package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Json;
import io.windlass.cri.store.MessageJson;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.ContainerStatusResponse;
import io.windlass.shim.spec.ContainerSpec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells the state of one container: the call ContainerStatus. */
public final class GetContainerStatus {
    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;

    GetContainerStatus(ContainerStore store, SandboxStore sandboxes, ContainerParts parts) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
    }

    /** @throws CriException NOT_FOUND for an unknown id */
    public ContainerStatusResponse call(ContainerStatusRequest request) {
        var container = store.require(request.getContainerId());
        var record = container.record();
        var response = ContainerStatusResponse.newBuilder().setStatus(ContainerStatuses.of(record));
        if (request.getVerbose()) {
            response.putInfo("info", verbose(container, record));
        }
        return response.build();
    }

    private String verbose(Container container, ContainerRecord record) {
        var sandbox = sandboxes.get(record.sandbox()).map(Sandbox::record).orElse(null);
        var spec = sandbox == null ? null : spec(container, sandbox);
        return new String(Json.object(json -> {
            json.writeStringProperty("sandboxID", record.sandbox().value());
            json.writeNumberProperty("pid", record.life() instanceof Running running ? running.shim().initPid() : 0);
            json.writeNumberProperty("shimPid", record.life() instanceof Running running ? running.shim().shimPid() : 0);
            json.writeBooleanProperty("removing", false);
            json.writeStringProperty("snapshotKey", record.id().value());
            json.writeStringProperty("snapshotter", "overlay");
            json.writeStringProperty("runtimeType", "windlass");
            json.writeName("config");
            MessageJson.write(json, record.config());
            if (sandbox != null && spec != null) {
                json.writeName("runtimeSpec");
                SpecJson.write(json, spec, parts.cgroup(record, sandbox).path());
            }
        }), StandardCharsets.UTF_8);
    }

    /** Returns the specification, built again where the daemon has been restarted since; null where that is no longer possible. */
    private @Nullable ContainerSpec spec(Container container, SandboxRecord sandbox) {
        try {
            return parts.described(container, sandbox);
        } catch (Exception e) {
            return null; // its snapshot or profile has gone since: the rest is still worth showing
        }
    }
}
