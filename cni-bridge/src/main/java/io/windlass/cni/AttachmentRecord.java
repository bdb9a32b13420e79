package io.windlass.cni;

import io.windlass.shim.linux.RecordSeal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is kept of an attachment so that DEL can be run with what ADD was run with, whatever has become of the configuration since.
 *
 * @param netns the namespace's path at the time of ADD; empty where it is not known
 * @param args CNI_ARGS
 * @param runtimeConfig what plugins may ask for; see {@link RuntimeConfig#of}
 * @param result the last plugin's result, or null until ADD has succeeded
 */
record AttachmentRecord(String sandboxId, String ifName, String netns, String args, ObjectNode runtimeConfig,
        NetworkConfigList network, @Nullable ObjectNode result) {

    private static final int VERSION = 2;

    /** @param netns the namespace, or null where it is gone */
    static AttachmentRecord of(Attachment attachment, @Nullable Netns netns, NetworkConfigList network) throws NetworkException {
        return new AttachmentRecord(attachment.sandboxId(), attachment.ifName(), netns == null ? "" : netns.path().toString(),
                CniArgs.of(attachment), RuntimeConfig.of(attachment), network, null);
    }

    AttachmentRecord withResult(ObjectNode added) {
        return new AttachmentRecord(sandboxId, ifName, netns, args, runtimeConfig, network, added);
    }

    private ObjectNode toJson() {
        ObjectNode json = Json.object().put("version", VERSION).put("sandboxId", sandboxId).put("ifName", ifName).put("netns", netns)
                .put("args", args)
                .put("source", network.source());
        json.set("runtimeConfig", runtimeConfig);
        json.set("network", network.json());
        if (result != null) {
            json.set("result", result);
        }
        return json;
    }

    /** Returns the file's content. */
    byte[] toBytes() {
        return RecordSeal.seal(Json.bytes(toJson()));
    }

    /** @throws ConfigException where the record is damaged; a {@link LaterRecordException} where it is whole and of a later daemon */
    static AttachmentRecord parse(byte[] bytes) throws ConfigException {
        try {
            ObjectNode json = Json.parseObject(bytes);
            int version = json.path("version").asInt(1);
            RecordSeal.check(bytes, version);
            if (version > VERSION) {
                throw new LaterRecordException(version);
            }
            return fromJson(json);
        } catch (MalformedJsonException | IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
    }

    private static AttachmentRecord fromJson(ObjectNode json) throws ConfigException {
        if (!(json.get("network") instanceof ObjectNode network) || !(json.get("runtimeConfig") instanceof ObjectNode runtimeConfig)) {
            throw new ConfigException("it holds no network or no runtime configuration");
        }
        String sandboxId = Json.text(json, "sandboxId");
        String ifName = Json.text(json, "ifName");
        try {
            Names.requireContainerId(sandboxId);
            Names.requireInterface(ifName);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
        return new AttachmentRecord(sandboxId, ifName, Json.text(json, "netns"), Json.text(json, "args"), runtimeConfig,
                ConfigParser.parse(Json.text(json, "source"), network), json.get("result") instanceof ObjectNode result ? result : null);
    }
}
