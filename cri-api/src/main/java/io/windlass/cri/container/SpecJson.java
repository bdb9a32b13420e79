package io.windlass.cri.container;

import io.windlass.shim.cgroup.CgroupPath;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.RawText;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.RootSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A container's specification as the JSON of the OCI runtime specification (config.md), for those who inspect a container. */
final class SpecJson {
    private SpecJson() {}

    static void write(JsonGenerator json, ContainerSpec spec, CgroupPath cgroup) {
        json.writeStartObject();
        json.writeStringProperty("ociVersion", "1.2.0");
        json.writeObjectPropertyStart("process");
        process(json, spec.process());
        json.writeEndObject();
        json.writeObjectPropertyStart("root");
        json.writeStringProperty("path", switch (spec.root()) {
            case RootSpec.Overlay overlay -> overlay.base().resolve(overlay.upper()).toString();
            case RootSpec.Directory directory -> directory.path().toString();
        });
        json.writeBooleanProperty("readonly", spec.root().readonly());
        json.writeEndObject();
        json.writeArrayPropertyStart("mounts");
        spec.mounts().forEach(mount -> mount(json, mount));
        json.writeEndArray();
        json.writeObjectPropertyStart("linux");
        linux(json, spec.linux(), cgroup);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void process(JsonGenerator json, ProcessSpec process) {
        json.writeBooleanProperty("terminal", process.terminal());
        json.writeObjectPropertyStart("user");
        json.writeNumberProperty("uid", process.user().uid());
        json.writeNumberProperty("gid", process.user().gid());
        json.writeArrayPropertyStart("additionalGids");
        process.user().additionalGids().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeEndObject();
        strings(json, "args", process.args());
        strings(json, "env", process.env().stream().map(RawText::shown).toList());
        json.writeStringProperty("cwd", process.cwd());
        json.writeObjectPropertyStart("capabilities");
        var granted = names(process.capabilities().bounding());
        strings(json, "bounding", granted);
        strings(json, "effective", granted);
        strings(json, "permitted", granted);
        json.writeEndObject();
        json.writeBooleanProperty("noNewPrivileges", process.noNewPrivileges());
        number(json, "oomScoreAdj", process.oomScoreAdj() == null ? null : process.oomScoreAdj().longValue());
    }

    private static void mount(JsonGenerator json, MountSpec mount) {
        json.writeStartObject();
        json.writeStringProperty("destination", mount.destination());
        switch (mount) {
            case MountSpec.Bind bind -> {
                json.writeStringProperty("type", "bind");
                json.writeStringProperty("source", bind.source().toString());
                var options = flags(bind.flags());
                options.addFirst(bind.recursive() ? "rbind" : "bind");
                options.add(switch (bind.propagation()) {
                    case PRIVATE -> "rprivate";
                    case HOST_TO_CONTAINER -> "rslave";
                    case BIDIRECTIONAL -> "rshared";
                });
                if (bind.recursiveReadonly()) {
                    options.add("rro");
                }
                strings(json, "options", options);
            }
            case MountSpec.Image image -> {
                json.writeStringProperty("type", "overlay");
                json.writeStringProperty("source", image.base().resolve(image.lowers().getFirst()).resolve(image.subPath()).toString());
                var options = flags(image.flags());
                options.addAll(List.of("nodev", "rprivate"));
                strings(json, "options", options);
            }
            case MountSpec.Filesystem filesystem -> {
                json.writeStringProperty("type", filesystem.type());
                json.writeStringProperty("source", filesystem.type());
                var options = flags(filesystem.flags());
                if (!filesystem.data().isEmpty()) {
                    options.addAll(List.of(filesystem.data().split(",")));
                }
                strings(json, "options", options);
            }
            case MountSpec.Dev() -> json.writeStringProperty("type", "tmpfs");
            case MountSpec.Cgroup cgroup -> {
                json.writeStringProperty("type", "cgroup");
                strings(json, "options", List.of("nosuid", "noexec", "nodev", cgroup.readonly() ? "ro" : "rw"));
            }
        }
        json.writeEndObject();
    }

    private static void linux(JsonGenerator json, LinuxSpec linux, CgroupPath cgroup) {
        json.writeStringProperty("cgroupsPath", cgroup.value());
        json.writeArrayPropertyStart("namespaces");
        var namespaces = linux.namespaces();
        namespace(json, "pid", namespaces.pid());
        namespace(json, "ipc", namespaces.ipc());
        namespace(json, "uts", namespaces.uts());
        namespace(json, "mount", NamespaceSpec.NEW);
        namespace(json, "network", namespaces.net());
        namespace(json, "cgroup", namespaces.cgroup());
        var user = namespaces.user();
        if (user != null) {
            namespace(json, "user", NamespaceSpec.join(user.path()));
        }
        json.writeEndArray();
        if (user != null) {
            mapping(json, "uidMappings", user.hostUid(), user.length());
            mapping(json, "gidMappings", user.hostGid(), user.length());
        }
        json.writeObjectPropertyStart("resources");
        resources(json, linux.resources());
        json.writeEndObject();
        json.writeArrayPropertyStart("devices");
        linux.devices().forEach(device -> {
            json.writeStartObject();
            json.writeStringProperty("path", device.path());
            json.writeStringProperty("type", String.valueOf(device.kind().letter()));
            json.writeNumberProperty("major", device.major());
            json.writeNumberProperty("minor", device.minor());
            json.writeNumberProperty("fileMode", device.mode());
            json.writeEndObject();
        });
        json.writeEndArray();
        strings(json, "maskedPaths", linux.maskedPaths());
        strings(json, "readonlyPaths", linux.readonlyPaths());
    }

    private static void mapping(JsonGenerator json, String name, long host, long length) {
        json.writeArrayPropertyStart(name);
        json.writeStartObject();
        json.writeNumberProperty("containerID", 0);
        json.writeNumberProperty("hostID", host);
        json.writeNumberProperty("size", length);
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void namespace(JsonGenerator json, String type, NamespaceSpec namespace) {
        if (namespace instanceof NamespaceSpec.Host) {
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("type", type);
        if (namespace instanceof NamespaceSpec.Join join) {
            json.writeStringProperty("path", join.path().toString());
        }
        json.writeEndObject();
    }

    private static void resources(JsonGenerator json, Resources resources) {
        json.writeObjectPropertyStart("memory");
        number(json, "limit", resources.memory().limit());
        number(json, "swap", resources.memory().swap());
        json.writeEndObject();
        json.writeObjectPropertyStart("cpu");
        number(json, "shares", resources.cpu().shares());
        number(json, "quota", resources.cpu().quota());
        number(json, "period", resources.cpu().period());
        text(json, "cpus", resources.cpu().cpus());
        text(json, "mems", resources.cpu().mems());
        json.writeEndObject();
        if (resources.pidsLimit() != null) {
            json.writeObjectPropertyStart("pids");
            number(json, "limit", resources.pidsLimit());
            json.writeEndObject();
        }
        json.writeObjectPropertyStart("unified");
        resources.unified().forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    private static List<String> flags(Set<MountFlag> flags) {
        var words = new ArrayList<String>();
        for (var flag : MountFlag.values()) {
            if (flags.contains(flag)) {
                words.add(flag == MountFlag.READONLY ? "ro" : flag.name().toLowerCase(Locale.ROOT));
            }
        }
        return words;
    }

    private static List<String> names(Set<Capability> capabilities) {
        return capabilities.stream().sorted().map(capability -> "CAP_" + capability.name()).toList();
    }

    private static void number(JsonGenerator json, String name, @Nullable Long value) {
        if (value != null) {
            json.writeNumberProperty(name, value);
        }
    }

    private static void text(JsonGenerator json, String name, String value) {
        if (!value.isEmpty()) {
            json.writeStringProperty(name, value);
        }
    }

    private static void strings(JsonGenerator json, String name, Collection<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }
}
