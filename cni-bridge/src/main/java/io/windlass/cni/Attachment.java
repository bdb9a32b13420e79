package io.windlass.cni;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One interface of one sandbox, as a network sees it.
 *
 * @param sandboxId the sandbox's id; CNI_CONTAINERID
 * @param ifName the name of the interface inside the sandbox; CNI_IFNAME
 * @param podNamespace the pod's Kubernetes namespace
 * @param podName the pod's name
 * @param podUid the pod's uid
 * @param portMappings ports of the host that lead to the pod; those without a host port are left out
 * @param bandwidth limits of the pod's traffic, or null for none
 * @param annotations the pod's annotations, handed to plugins that declare {@code io.kubernetes.cri.pod-annotations}
 * @param dns the pod's resolver configuration, handed to plugins that declare {@code dns}
 * @param ipRanges networks that the pod's addresses are to come from, handed to plugins that declare {@code ipRanges}; usually empty
 * @param aliases names that the pod is also known by, handed to plugins that declare {@code aliases}
 * @param cgroupParent the pod's cgroup, handed to plugins that declare {@code cgroupPath}; empty for none
 */
public record Attachment(String sandboxId, String ifName, String podNamespace, String podName, String podUid,
        List<PortMapping> portMappings, @Nullable Bandwidth bandwidth, Map<String, String> annotations, PodDns dns,
        List<Cidr> ipRanges, List<String> aliases, String cgroupParent) {

    /** The interface that a pod's address is on. */
    public static final String DEFAULT_INTERFACE = "eth0";

    public Attachment {
        Names.requireContainerId(sandboxId);
        Names.requireInterface(ifName);
        portMappings = portMappings.stream().filter(m -> m.hostPort() != 0).distinct().toList();
        annotations = Map.copyOf(annotations);
        ipRanges = List.copyOf(ipRanges);
        aliases = List.copyOf(aliases);
    }

    /** An attachment on {@code eth0} without port mappings, limits, annotations or DNS. */
    public static Attachment of(String sandboxId, String podNamespace, String podName, String podUid) {
        return new Attachment(sandboxId, DEFAULT_INTERFACE, podNamespace, podName, podUid, List.of(), null, Map.of(),
                PodDns.NONE, List.of(), List.of(), "");
    }

    public Attachment withPortMappings(List<PortMapping> mappings) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, mappings, bandwidth, annotations, dns, ipRanges, aliases,
                cgroupParent);
    }

    public Attachment withBandwidth(@Nullable Bandwidth limits) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, limits, annotations, dns, ipRanges, aliases,
                cgroupParent);
    }

    public Attachment withAnnotations(Map<String, String> podAnnotations) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, bandwidth, podAnnotations, dns, ipRanges,
                aliases, cgroupParent);
    }

    public Attachment withDns(PodDns podDns) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, bandwidth, annotations, podDns, ipRanges,
                aliases, cgroupParent);
    }

    public Attachment withIpRanges(List<Cidr> ranges) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, bandwidth, annotations, dns, ranges, aliases,
                cgroupParent);
    }

    public Attachment withAliases(List<String> names) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, bandwidth, annotations, dns, ipRanges, names,
                cgroupParent);
    }

    public Attachment withCgroupParent(String parent) {
        return new Attachment(sandboxId, ifName, podNamespace, podName, podUid, portMappings, bandwidth, annotations, dns, ipRanges,
                aliases, parent);
    }
}
