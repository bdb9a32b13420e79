package io.windlass.cri.sandbox;

import io.windlass.cri.store.Json;
import io.windlass.cri.store.MessageJson;
import io.windlass.cri.v1.NamespaceMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A sandbox for those who inspect it, as JSON. Scripts for the peers look for its process and, as in the OCI runtime specification (config.md),
 * for the paths of its namespaces; both stand where they look.
 */
final class VerboseSandbox {
    private VerboseSandbox() {}

    /** @param pid of the pod's init; 0 for none */
    static String json(SandboxRecord sandbox, SandboxPaths paths, int pid) {
        boolean ready = sandbox.state() == SandboxState.READY;
        return new String(Json.object(json -> {
            json.writeNumberProperty("pid", pid);
            json.writeStringProperty("processStatus", ready ? "running" : "deleted");
            json.writeBooleanProperty("netNamespaceClosed", !sandbox.hostNetwork() && !ready);
            json.writeStringProperty("runtimeHandler", sandbox.handler());
            json.writeStringProperty("runtimeType", "windlass");
            json.writeName("config");
            MessageJson.write(json, sandbox.config());
            json.writeObjectPropertyStart("runtimeSpec");
            json.writeStringProperty("ociVersion", "1.2.0");
            json.writeStringProperty("hostname", sandbox.config().getHostname());
            linux(json, sandbox, paths, pid);
            json.writeEndObject();
        }), StandardCharsets.UTF_8);
    }

    private static void linux(JsonGenerator json, SandboxRecord sandbox, SandboxPaths paths, int pid) {
        json.writeObjectPropertyStart("linux");
        json.writeStringProperty("cgroupsPath", sandbox.cgroup().path());
        json.writeArrayPropertyStart("namespaces");
        namespace(json, "network", sandbox.hostNetwork() ? null : paths.net());
        namespace(json, "uts", sandbox.hostNetwork() ? null : paths.uts());
        namespace(json, "ipc", sandbox.hostIpc() ? null : paths.ipc());
        boolean shared = sandbox.namespaces().getPid() == NamespaceMode.POD && pid != 0;
        namespace(json, "pid", shared ? Path.of("/proc/" + pid + "/ns/pid") : null);
        json.writeEndArray();
        json.writeObjectPropertyStart("sysctl");
        sandbox.config().getLinux().getSysctlsMap().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeEndObject();
    }

    /** @param path null for that of the host */
    private static void namespace(JsonGenerator json, String type, @Nullable Path path) {
        if (path != null) {
            json.writeStartObject();
            json.writeStringProperty("type", type);
            json.writeStringProperty("path", path.toString());
            json.writeEndObject();
        }
    }
}
