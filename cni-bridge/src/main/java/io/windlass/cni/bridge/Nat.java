package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
import io.windlass.cni.netlink.NfBatch;
import io.windlass.cni.netlink.NfRule;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/**
 * Address translation of one subnet, as a table of nf_tables named like the bridge:
 *
 * <pre>
 * map ports   { protocol . port           : address . port }    host ports on all addresses of the host
 * map ipports { address . protocol . port : address . port }    host ports on one address
 * chain prerouting, output  dstnat   an address of the host -> the pod's, by ipports, then by ports
 * chain postrouting         srcnat   pods to elsewhere, and to themselves by a host port: masqueraded
 * </pre>
 */
final class Nat {
    private static final int DSTNAT = -100;
    private static final int SRCNAT = 100;
    private static final int PORTS_ID = 1;
    private static final int IP_PORTS_ID = 2;
    // nft's numbers of types, for its listings
    private static final int TYPE_IPV4 = 7;
    private static final int TYPE_IPV6 = 8;
    private static final int TYPE_PROTOCOL = 12;
    private static final int TYPE_SERVICE = 13;

    private final String table;
    private final Cidr subnet;
    private final int family;
    private final int length;

    Nat(String table, Cidr subnet) {
        this.table = table;
        this.subnet = subnet;
        this.family = subnet.isIpv4() ? NfBatch.IPV4 : NfBatch.IPV6;
        this.length = subnet.address().getAddress().length;
    }

    /** Makes the table anew, in one step, with the host ports of all leases. */
    void replace(Netlink netlink, Collection<Lease> leases) throws IOException {
        int address = length == 4 ? TYPE_IPV4 : TYPE_IPV6;
        int port = TYPE_PROTOCOL << 6 | TYPE_SERVICE;
        int target = address << 6 | TYPE_SERVICE;
        NfBatch batch = new NfBatch(family).addTable(table).deleteTable(table).addTable(table)
                .addMap(table, "ports", PORTS_ID, port, 8, target, length + 4)
                .addMap(table, "ipports", IP_PORTS_ID, address << 12 | port, length + 8, target, length + 4);
        addDestinationChain(batch, "prerouting", NfBatch.PREROUTING);
        addDestinationChain(batch, "output", NfBatch.OUTPUT);
        InetAddress network = subnet.address();
        batch.addChain(table, "postrouting", "nat", NfBatch.POSTROUTING, SRCNAT);
        batch.addRule(table, "postrouting", new NfRule().wasDestinationTranslated().sourceIn(network, subnet.prefix())
                .destinationIn(network, subnet.prefix()).masquerade());
        Cidr multicast = Cidr.parse(length == 4 ? "224.0.0.0/4" : "ff00::/8");
        batch.addRule(table, "postrouting", new NfRule().sourceIn(network, subnet.prefix()).destinationNotIn(network, subnet.prefix())
                .destinationNotIn(multicast.address(), multicast.prefix()).masquerade());
        if (length == 4) { // from the host's own loopback by a host port: the pod could not answer 127.0.0.1
            Cidr loopback = Cidr.parse("127.0.0.0/8");
            batch.addRule(table, "postrouting", new NfRule().sourceIn(loopback.address(), loopback.prefix())
                    .destinationIn(network, subnet.prefix()).masquerade());
        }
        for (Lease lease : leases) {
            addPorts(batch, lease);
        }
        batch.commit(netlink);
    }

    private void addDestinationChain(NfBatch batch, String chain, int hook) {
        batch.addChain(table, chain, "nat", hook, DSTNAT);
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ipports", IP_PORTS_ID, true, family, length));
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ports", PORTS_ID, false, family, length));
    }

    /**
     * Opens a lease's host ports.
     *
     * @return false where one of them is taken by another pod; then none is open
     */
    boolean open(Netlink netlink, Lease lease) throws IOException {
        NfBatch batch = new NfBatch(family);
        if (!addPorts(batch, lease)) {
            return true;
        }
        try {
            batch.commit(netlink);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            throw e;
        }
    }

    /** Closes a lease's host ports, those that lead to its address. */
    void close(Netlink netlink, Lease lease) throws IOException {
        for (PortMapping mapping : mappings(lease)) {
            try {
                new NfBatch(family).deleteElement(table, map(mapping), key(mapping)).commit(netlink);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }

    /** Deletes the table; none is no error. */
    void delete(Netlink netlink) throws IOException {
        new NfBatch(family).addTable(table).deleteTable(table).commit(netlink);
    }

    private boolean addPorts(NfBatch batch, Lease lease) {
        boolean any = false;
        for (PortMapping mapping : mappings(lease)) {
            for (InetAddress address : lease.addresses()) {
                if (address.getAddress().length == length) {
                    ByteBuffer value = ByteBuffer.allocate(length + 4).put(address.getAddress()).putShort((short) mapping.containerPort());
                    batch.addElement(table, map(mapping), key(mapping), value.array());
                    any = true;
                }
            }
        }
        return any;
    }

    /** The lease's host ports that are on all of the host's addresses, or on one of this family. */
    private List<PortMapping> mappings(Lease lease) {
        return lease.portMappings().stream()
                .filter(m -> m.hostIp().isEmpty() || Cidr.parseAddress(m.hostIp()).getAddress().length == length).toList();
    }

    private static boolean onAll(PortMapping mapping) {
        return mapping.hostIp().isEmpty() || Cidr.parseAddress(mapping.hostIp()).isAnyLocalAddress();
    }

    private static String map(PortMapping mapping) {
        return onAll(mapping) ? "ports" : "ipports";
    }

    private byte[] key(PortMapping mapping) {
        ByteBuffer key = ByteBuffer.allocate(onAll(mapping) ? 8 : length + 8);
        if (!onAll(mapping)) {
            key.put(Cidr.parseAddress(mapping.hostIp()).getAddress());
        }
        return key.put((byte) mapping.protocol().number()).put(new byte[3]).putShort((short) mapping.hostPort()).array();
    }
}
