package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.error.CriException;
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
            response.putInfo("info", verbose(record, spec(container, record)));
        }
        return response.build();
    }

    /** Returns the specification, built again where the daemon has been restarted since; null where that is no longer possible. */
    private @Nullable ContainerSpec spec(Container container, ContainerRecord record) {
        var kept = container.spec();
        if (kept != null) {
            return kept;
        }
        try {
            var sandbox = sandboxes.get(record.sandbox());
            return sandbox.isPresent() ? parts.spec(record, sandbox.get().record()) : null;
        } catch (Exception e) {
            return null; // a mount or a device has gone since: the rest is still worth showing
        }
    }

    private static String verbose(ContainerRecord container, @Nullable ContainerSpec spec) {
        return new String(Json.object(json -> {
            json.writeStringProperty("sandboxID", container.sandbox().value());
            json.writeNumberProperty("pid", container.life() instanceof Running running ? running.shim().initPid() : 0);
            json.writeNumberProperty("shimPid", container.life() instanceof Running running ? running.shim().shimPid() : 0);
            json.writeBooleanProperty("removing", false);
            json.writeStringProperty("snapshotKey", container.id().value());
            json.writeStringProperty("snapshotter", "overlay");
            json.writeStringProperty("runtimeType", "windlass");
            json.writeName("config");
            MessageJson.write(json, container.config());
            if (spec != null) {
                json.writeName("runtimeSpec");
                SpecJson.write(json, spec);
            }
        }), StandardCharsets.UTF_8);
    }
}
