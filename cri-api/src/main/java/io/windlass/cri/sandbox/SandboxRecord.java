package io.windlass.cri.sandbox;

import io.windlass.cri.store.Json;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordFile.NewerException;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * All that is known of a sandbox. Immutable: a change gives a new value.
 *
 * <p>
 * Stored as JSON, with the request's configuration as the bytes of its message, so that nothing of it is lost.
 *
 * @param handler the runtime handler asked for; empty for the default one
 * @param createdAt nanoseconds since the epoch
 * @param ips the pod's addresses, the first is the primary one; empty on the node's network
 * @param cgroup the pod's cgroup below each hierarchy's root
 * @param networkDone whether there is nothing on the network to take back
 */
public record SandboxRecord(ObjectId id, PodSandboxConfig config, String handler, long createdAt, SandboxState state, List<String> ips,
        PodCgroup cgroup, boolean networkDone) {
    private static final int VERSION = 2;

    public SandboxRecord {
        ips = List.copyOf(ips);
    }

    public SandboxKey key() {
        return SandboxKey.of(config.getMetadata());
    }

    /** Returns the namespace modes that were asked for. */
    public NamespaceOption namespaces() {
        return config.getLinux().getSecurityContext().getNamespaceOptions();
    }

    /** Returns whether the sandbox lives on the node's network. */
    public boolean hostNetwork() {
        return namespaces().getNetwork() == NamespaceMode.NODE;
    }

    /** Returns whether the sandbox shares the node's IPC objects and /dev/shm. */
    public boolean hostIpc() {
        return namespaces().getIpc() == NamespaceMode.NODE;
    }

    /** Returns the ids of the sandbox's own user namespace; empty in the node's. */
    public Optional<UserMapping> users() {
        return UserMapping.of(namespaces());
    }

    SandboxRecord ready(List<String> addresses) {
        return with(SandboxState.READY, addresses, networkDone);
    }

    SandboxRecord notReady() {
        return with(SandboxState.NOT_READY, ips, networkDone);
    }

    SandboxRecord unfinished() {
        return with(SandboxState.UNFINISHED, ips, networkDone);
    }

    SandboxRecord offNetwork() {
        return with(state, ips, true);
    }

    private SandboxRecord with(SandboxState next, List<String> addresses, boolean done) {
        if (next != state && !state.mayBecome(next)) {
            throw new IllegalStateException("sandbox " + id + " is " + state + " and cannot become " + next);
        }
        return new SandboxRecord(id, config, handler, createdAt, next, addresses, cgroup, done);
    }

    byte[] toJson() {
        return Json.object(json -> {
            json.writeNumberProperty("version", VERSION);
            json.writeStringProperty("id", id.value());
            json.writeStringProperty("namespace", config.getMetadata().getNamespace());
            json.writeStringProperty("name", config.getMetadata().getName());
            json.writeStringProperty("state", state.name());
            json.writeStringProperty("handler", handler);
            json.writeNumberProperty("createdAt", createdAt);
            json.writeArrayPropertyStart("ips");
            ips.forEach(json::writeString);
            json.writeEndArray();
            json.writeStringProperty("cgroup", cgroup.path());
            json.writeArrayPropertyStart("cgroupsMade");
            cgroup.made().forEach(json::writeString);
            json.writeEndArray();
            json.writeBooleanProperty("networkDone", networkDone);
            json.writeName("config");
            json.writeBinary(config.toByteArray());
        });
    }

    /** Reads what {@link #toJson} wrote, or an earlier daemon's. */
    public static SandboxRecord parse(JsonNode json) throws IOException, NewerException {
        Json.requireVersion(json, VERSION);
        return new SandboxRecord(new ObjectId(Json.text(json, "id")), PodSandboxConfig.parseFrom(Json.binary(json, "config")),
                Json.text(json, "handler"), Json.number(json, "createdAt"), SandboxState.valueOf(Json.text(json, "state")),
                strings(json, "ips"), new PodCgroup(Json.text(json, "cgroup"), strings(json, "cgroupsMade")),
                Json.required(json, "networkDone").booleanValue());
    }

    private static List<String> strings(JsonNode json, String name) {
        var strings = new ArrayList<String>();
        Json.required(json, name).forEach(element -> strings.add(element.asString()));
        return strings;
    }
}
