package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sandbox has which port of the host, whatever network leads it to the pod: two that ask for one port would take each other's traffic.
 *
 * <p>
 * As with sockets, a port on all addresses of the host and the same port on one of them exclude each other.
 */
final class HostPorts {
    private record Port(PortMapping.Protocol protocol, int number) {}

    /** @param address null for all; an unspecified address stands for all of its family */
    private record Claim(String sandboxId, String ifName, @Nullable InetAddress address) {
        static Claim of(Attachment attachment, PortMapping mapping) {
            return new Claim(attachment.sandboxId(), attachment.ifName(),
                    mapping.hostIp().isEmpty() ? null : Cidr.parseAddress(mapping.hostIp()));
        }

        boolean isOf(Attachment attachment) {
            return sandboxId.equals(attachment.sandboxId()) && ifName.equals(attachment.ifName());
        }

        boolean excludes(Claim other) {
            InetAddress one = address;
            InetAddress two = other.address;
            return one == null || two == null || one.getAddress().length == two.getAddress().length
                    && (one.isAnyLocalAddress() || two.isAnyLocalAddress() || one.equals(two));
        }
    }

    private final Map<Port, List<Claim>> claims = new HashMap<>();

    /**
     * Takes all host ports of an attachment, or none; what it had before is given back first.
     *
     * @throws NetworkException of kind IN_USE naming the sandbox that has one, INVALID for two mappings of one port
     */
    synchronized void claim(Attachment attachment) throws NetworkException {
        release(attachment);
        for (PortMapping mapping : attachment.portMappings()) {
            Claim claim = Claim.of(attachment, mapping);
            for (Claim held : claims.getOrDefault(port(mapping), List.of())) {
                if (held.excludes(claim)) {
                    release(attachment);
                    throw refused(mapping, held, attachment);
                }
            }
            add(mapping, claim);
        }
    }

    /** Takes the host ports of an attachment that was made by an earlier daemon, whoever else has them. */
    synchronized void restore(Attachment attachment) {
        release(attachment);
        attachment.portMappings().forEach(mapping -> add(mapping, Claim.of(attachment, mapping)));
    }

    synchronized void release(Attachment attachment) {
        for (PortMapping mapping : attachment.portMappings()) {
            List<Claim> held = claims.get(port(mapping));
            if (held != null && held.removeIf(claim -> claim.isOf(attachment)) && held.isEmpty()) {
                claims.remove(port(mapping));
            }
        }
    }

    private void add(PortMapping mapping, Claim claim) {
        claims.computeIfAbsent(port(mapping), port -> new ArrayList<>(1)).add(claim);
    }

    private static Port port(PortMapping mapping) {
        return new Port(mapping.protocol(), mapping.hostPort());
    }

    private static NetworkException refused(PortMapping mapping, Claim held, Attachment attachment) {
        String port = "sandbox " + attachment.sandboxId() + ": host port " + mapping.hostPort() + "/" + mapping.protocol().cniName()
                + (mapping.hostIp().isEmpty() ? "" : " on " + mapping.hostIp());
        return held.isOf(attachment)
                ? new NetworkException(Kind.INVALID, port + " is mapped twice: map it once")
                : new NetworkException(Kind.IN_USE,
                        port + " is in use by sandbox " + held.sandboxId() + ": stop that one, or use another port");
    }
}
