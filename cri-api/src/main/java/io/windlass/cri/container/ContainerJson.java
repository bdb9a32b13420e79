package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.container.ContainerLife.Exited;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.ContainerRecord.ImageMount;
import io.windlass.cri.container.ContainerRecord.Volume;
import io.windlass.cri.container.spec.ContainerUser;
import io.windlass.cri.container.spec.ImageFacts;
import io.windlass.cri.store.Json;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordFile.NewerException;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** A container's record as JSON. Messages of the request are kept as their bytes, so that nothing of them is lost. */
final class ContainerJson {
    private static final int VERSION = 2;

    private ContainerJson() {}

    static byte[] write(ContainerRecord container) {
        return Json.object(json -> {
            json.writeNumberProperty("version", VERSION);
            json.writeStringProperty("id", container.id().value());
            json.writeStringProperty("sandbox", container.sandbox().value());
            json.writeStringProperty("name", container.config().getMetadata().getName());
            json.writeNumberProperty("createdAt", container.createdAt());
            json.writeStringProperty("logPath", container.logPath());
            json.writeNumberProperty("stopSignal", container.stopSignal());
            life(json, container.life());
            image(json, container.image());
            user(json, container.user());
            json.writeObjectPropertyStart("volumes");
            container.volumes().forEach(volume -> json.writeStringProperty(volume.destination(), volume.directory()));
            json.writeEndObject();
            json.writeArrayPropertyStart("images");
            container.images().forEach(mount -> mount(json, mount));
            json.writeEndArray();
            json.writeName("resources");
            json.writeBinary(container.resources().toByteArray());
            json.writeName("config");
            json.writeBinary(container.config().toByteArray());
        });
    }

    static ContainerRecord read(JsonNode json) throws IOException, NewerException {
        Json.requireVersion(json, VERSION);
        var volumes = new ArrayList<Volume>();
        for (var volume : Json.required(json, "volumes").properties()) {
            volumes.add(new Volume(volume.getKey(), volume.getValue().asString()));
        }
        return new ContainerRecord(new ObjectId(Json.text(json, "id")), new ObjectId(Json.text(json, "sandbox")),
                ContainerConfig.parseFrom(Json.binary(json, "config")), Json.number(json, "createdAt"), image(json), user(json),
                Json.text(json, "logPath"), (int) Json.number(json, "stopSignal"),
                LinuxContainerResources.parseFrom(Json.binary(json, "resources")), volumes, mounts(json), life(json));
    }

    private static void mount(JsonGenerator json, ImageMount mount) {
        json.writeStartObject();
        json.writeStringProperty("destination", mount.destination());
        json.writeStringProperty("subPath", mount.subPath());
        json.writeStringProperty("image", mount.image());
        json.writeStringProperty("chainId", mount.chainId());
        json.writeEndObject();
    }

    /** Records of the first version have none. */
    private static List<ImageMount> mounts(JsonNode json) throws IOException {
        var mounts = new ArrayList<ImageMount>();
        for (var mount : json.path("images")) {
            mounts.add(new ImageMount(Json.text(mount, "destination"), Json.text(mount, "subPath"), Json.text(mount, "image"),
                    Json.text(mount, "chainId")));
        }
        return mounts;
    }

    private static void life(JsonGenerator json, ContainerLife life) {
        json.writeObjectPropertyStart("life");
        json.writeStringProperty("state", life.word());
        switch (life) {
            case Created() -> {
            }
            case Running running -> {
                json.writeNumberProperty("startedAt", running.startedAt());
                json.writeNumberProperty("shimPid", running.shim().shimPid());
                json.writeNumberProperty("shimStartTime", running.shim().startTime());
                json.writeNumberProperty("initPid", running.shim().initPid());
                json.writeStringProperty("boot", running.shim().boot());
            }
            case Exited exited -> {
                json.writeNumberProperty("startedAt", exited.startedAt());
                json.writeNumberProperty("finishedAt", exited.finishedAt());
                json.writeNumberProperty("code", exited.code());
                json.writeStringProperty("reason", exited.reason());
                json.writeStringProperty("message", exited.message());
            }
        }
        json.writeEndObject();
    }

    private static ContainerLife life(JsonNode json) {
        var life = Json.required(json, "life");
        return switch (Json.text(life, "state")) {
            case "created" -> new Created();
            case "running" -> new Running(Json.number(life, "startedAt"), new ShimRef((int) Json.number(life, "shimPid"),
                    Json.number(life, "shimStartTime"), (int) Json.number(life, "initPid"), Json.text(life, "boot")));
            case "exited" -> new Exited(Json.number(life, "startedAt"), Json.number(life, "finishedAt"), (int) Json.number(life, "code"),
                    Json.text(life, "reason"), Json.text(life, "message"));
            case String other -> throw new IllegalArgumentException("state \"" + other + "\" is not known");
        };
    }

    private static void image(JsonGenerator json, ImageFacts image) {
        json.writeObjectPropertyStart("image");
        json.writeStringProperty("id", image.id());
        json.writeStringProperty("reference", image.reference());
        json.writeStringProperty("name", image.name());
        json.writeStringProperty("chainId", image.chainId());
        json.writeStringProperty("user", image.user());
        strings(json, "entrypoint", image.entrypoint());
        strings(json, "cmd", image.cmd());
        strings(json, "env", image.env());
        json.writeStringProperty("workingDir", image.workingDir());
        json.writeStringProperty("stopSignal", image.stopSignal());
        strings(json, "volumes", image.volumes());
        json.writeEndObject();
    }

    private static ImageFacts image(JsonNode json) {
        var image = Json.required(json, "image");
        return new ImageFacts(Json.text(image, "id"), Json.text(image, "reference"), Json.text(image, "name"), Json.text(image, "chainId"),
                Json.text(image, "user"), strings(image, "entrypoint"), strings(image, "cmd"), strings(image, "env"),
                Json.text(image, "workingDir"), Json.text(image, "stopSignal"), strings(image, "volumes"));
    }

    private static void user(JsonGenerator json, ContainerUser user) {
        json.writeObjectPropertyStart("user");
        json.writeNumberProperty("uid", user.uid());
        json.writeNumberProperty("gid", user.gid());
        json.writeArrayPropertyStart("groups");
        user.groups().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeStringProperty("home", user.home());
        json.writeEndObject();
    }

    private static ContainerUser user(JsonNode json) {
        var user = Json.required(json, "user");
        var groups = new ArrayList<Integer>();
        Json.required(user, "groups").forEach(gid -> groups.add(gid.intValue()));
        return new ContainerUser((int) Json.number(user, "uid"), (int) Json.number(user, "gid"), groups, Json.text(user, "home"));
    }

    private static void strings(JsonGenerator json, String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(json::writeString);
        json.writeEndArray();
    }

    private static List<String> strings(JsonNode json, String name) {
        var values = new ArrayList<String>();
        Json.required(json, name).forEach(value -> values.add(value.asString()));
        return values;
    }
}
