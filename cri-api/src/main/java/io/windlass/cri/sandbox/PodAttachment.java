package io.windlass.cri.sandbox;

import io.windlass.cni.Attachment;
import io.windlass.cni.PodDns;
import io.windlass.cni.PortMapping;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.PodSandboxConfig;
import java.util.ArrayList;
import java.util.List;

/** A sandbox as its network sees it. The same record always gives the same attachment. */
final class PodAttachment {
    private PodAttachment() {}

    /** @throws CriException INVALID_ARGUMENT for a port that is none */
    static Attachment of(SandboxRecord sandbox) {
        var config = sandbox.config();
        var metadata = config.getMetadata();
        var dns = config.getDnsConfig();
        return Attachment.of(sandbox.id().value(), metadata.getNamespace(), metadata.getName(), metadata.getUid())
                .withPortMappings(ports(config)).withBandwidth(PodBandwidth.of(config.getAnnotationsMap()))
                .withAnnotations(config.getAnnotationsMap())
                .withDns(new PodDns(dns.getServersList(), "", dns.getSearchesList(), dns.getOptionsList()))
                .withCgroupParent(config.getLinux().getCgroupParent());
    }

    static List<PortMapping> ports(PodSandboxConfig config) {
        var ports = new ArrayList<PortMapping>();
        for (var port : config.getPortMappingsList()) {
            var protocol = switch (port.getProtocol()) {
                case TCP -> PortMapping.Protocol.TCP;
                case UDP -> PortMapping.Protocol.UDP;
                case SCTP -> PortMapping.Protocol.SCTP;
                case UNRECOGNIZED -> throw CriException.invalidArgument("protocol of a port mapping is not known: use TCP, UDP or SCTP");
            };
            try {
                ports.add(new PortMapping(protocol, port.getContainerPort(), port.getHostPort(), port.getHostIp()));
            } catch (IllegalArgumentException e) {
                throw CriException.invalidArgument("config.port_mappings: " + e.getMessage());
            }
        }
        return ports;
    }
}
