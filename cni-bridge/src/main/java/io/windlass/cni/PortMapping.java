package io.windlass.cni;

import java.util.Locale;

/**
 * A port of the host that leads to a port of the pod.
 *
 * @param hostPort 1 to 65535, or 0 where the pod only declares its port
 * @param containerPort 1 to 65535
 * @param hostIp the host's address that the port is open on; empty for all
 */
public record PortMapping(Protocol protocol, int containerPort, int hostPort, String hostIp) {

    /** Transport protocols that a port may belong to. */
    public enum Protocol {
        TCP(6), UDP(17), SCTP(132);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        /** Returns the protocol's number in an IP header. */
        public int number() {
            return number;
        }

        /** Returns the name as CNI writes it: {@code tcp}, {@code udp}, {@code sctp}. */
        public String cniName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException for a port out of range or a host address that is none */
    public PortMapping {
        if (containerPort < 1 || containerPort > 0xffff) {
            throw new IllegalArgumentException("container port " + containerPort + " is out of range: use 1 to 65535");
        }
        if (hostPort < 0 || hostPort > 0xffff) {
            throw new IllegalArgumentException("host port " + hostPort + " is out of range: use 1 to 65535");
        }
        if (!hostIp.isEmpty()) {
            Cidr.parseAddress(hostIp);
        }
    }
}
