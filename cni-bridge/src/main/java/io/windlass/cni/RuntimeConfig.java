package io.windlass.cni;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The runtime configuration that plugins may ask for by capability; see the conventions document of CNI. Pure. */
final class RuntimeConfig {
    private RuntimeConfig() {}

    /** Returns all that is known about the attachment, a key a capability. */
    static ObjectNode of(Attachment attachment) {
        ObjectNode all = Json.object();
        portMappings(attachment, all);
        bandwidth(attachment.bandwidth(), all);
        dns(attachment.dns(), all);
        if (!attachment.ipRanges().isEmpty()) {
            ArrayNode sets = all.putArray("ipRanges");
            attachment.ipRanges().forEach(range -> sets.addArray().addObject().put("subnet", range.network().toString()));
        }
        if (!attachment.aliases().isEmpty()) {
            attachment.aliases().forEach(all.putArray("aliases")::add);
        }
        if (!attachment.annotations().isEmpty()) {
            attachment.annotations().forEach(all.putObject("io.kubernetes.cri.pod-annotations")::put);
        }
        if (!attachment.cgroupParent().isEmpty()) {
            all.put("cgroupPath", attachment.cgroupParent());
        }
        return all;
    }

    /** Returns what a plugin that declared {@code capabilities} gets of it; empty where that is nothing. */
    static ObjectNode select(ObjectNode all, Set<String> capabilities) {
        ObjectNode selected = Json.object();
        for (var entry : all.properties()) {
            if (capabilities.contains(entry.getKey())) {
                selected.set(entry.getKey(), entry.getValue());
            }
        }
        return selected;
    }

    private static void portMappings(Attachment attachment, ObjectNode all) {
        if (attachment.portMappings().isEmpty()) {
            return;
        }
        ArrayNode array = all.putArray("portMappings");
        for (PortMapping mapping : attachment.portMappings()) {
            ObjectNode node = array.addObject().put("hostPort", mapping.hostPort()).put("containerPort", mapping.containerPort())
                    .put("protocol", mapping.protocol().cniName());
            if (!mapping.hostIp().isEmpty()) {
                node.put("hostIP", mapping.hostIp());
            }
        }
    }

    private static void bandwidth(@Nullable Bandwidth limits, ObjectNode all) {
        if (limits != null) {
            all.putObject("bandwidth").put("ingressRate", limits.ingressRate()).put("ingressBurst", limits.ingressBurst())
                    .put("egressRate", limits.egressRate()).put("egressBurst", limits.egressBurst());
        }
    }

    private static void dns(PodDns dns, ObjectNode all) {
        if (dns.isEmpty()) {
            return;
        }
        ObjectNode node = all.putObject("dns");
        dns.servers().forEach(node.putArray("servers")::add);
        dns.searches().forEach(node.putArray("searches")::add);
        dns.options().forEach(node.putArray("options")::add);
    }
}
