package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
import io.windlass.cni.netlink.Conntrack;
import io.windlass.cni.netlink.NfBatch;
import io.windlass.cni.netlink.NfBatch.Element;
import io.windlass.cni.netlink.NfRule;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Address translation of one family, as a table of nf_tables named like the bridge:
 *
 * <pre>
 * map ports   { protocol . port           : address . port }    host ports on all addresses of the host
 * map ipports { address . protocol . port : address . port }    host ports on one address
 * chain spoofed             raw      from the bridge, by or to the host's loopback: dropped (IPv4; the kernel knows ::1 itself)
 * chain prerouting, output  dstnat   an address of the host -> the pod's, by ipports, then by ports
 * chain postrouting         srcnat   pods to elsewhere, and to themselves by a host port: masqueraded
 * </pre>
 *
 * Only what goes to an address of the host is translated, whatever else has the same port (CVE-2025-67499). Rules of others come first, those of
 * services above all: hence the priorities behind theirs (CVE-2019-9946). A pod more is an element of a map more, never a rule.
 */
final class Nat {
    private static final int RAW = -300;
    private static final int BEHIND_DSTNAT = -90;
    private static final int BEHIND_SRCNAT = 110;
    private static final int PORTS_ID = 1;
    private static final int IP_PORTS_ID = 2;
    // nft's numbers of types, for its listings
    private static final int TYPE_IPV4 = 7;
    private static final int TYPE_IPV6 = 8;
    private static final int TYPE_PROTOCOL = 12;
    private static final int TYPE_SERVICE = 13;
    private static final Cidr LOOPBACK = Cidr.parse("127.0.0.0/8");

    private final String table;
    private final int family;
    private final int length;

    /** @param ipv4 whether it is the family of IPv4, else that of IPv6 */
    Nat(String table, boolean ipv4) {
        this.table = table;
        this.family = ipv4 ? NfBatch.IPV4 : NfBatch.IPV6;
        this.length = ipv4 ? 4 : 16;
    }

    /**
     * Makes the table anew, in one step, with the host ports of all leases.
     *
     * @param networks of pods, those of the other family are passed over
     */
    void replace(Netlink netlink, Collection<Cidr> networks, Collection<Lease> leases) throws IOException {
        int address = length == 4 ? TYPE_IPV4 : TYPE_IPV6;
        int port = TYPE_PROTOCOL << 6 | TYPE_SERVICE;
        int target = address << 6 | TYPE_SERVICE;
        long ports = leases.stream().mapToLong(lease -> lease.portMappings().size()).sum();
        NfBatch batch = new NfBatch(family, ports).addTable(table).deleteTable(table).addTable(table)
                .addMap(table, "ports", PORTS_ID, port, 8, target, length + 4)
                .addMap(table, "ipports", IP_PORTS_ID, address << 12 | port, length + 8, target, length + 4);
        if (length == 4) { // host ports are open to the host's loopback; see NodeBridge: that may not open the loopback to pods
            batch.addChain(table, "spoofed", "filter", NfBatch.PREROUTING, RAW)
                    .addRule(table, "spoofed", new NfRule().inBy(table).destinationIn(LOOPBACK.address(), LOOPBACK.prefix()).drop())
                    .addRule(table, "spoofed", new NfRule().inBy(table).sourceIn(LOOPBACK.address(), LOOPBACK.prefix()).drop());
        }
        addDestinationChain(batch, "prerouting", NfBatch.PREROUTING);
        addDestinationChain(batch, "output", NfBatch.OUTPUT);
        batch.addChain(table, "postrouting", "nat", NfBatch.POSTROUTING, BEHIND_SRCNAT);
        networks.stream().filter(network -> network.isIpv4() == (length == 4)).forEach(network -> addMasquerading(batch, network));
        addElements(batch, leases);
        batch.commit(netlink);
    }

    private void addDestinationChain(NfBatch batch, String chain, int hook) {
        batch.addChain(table, chain, "nat", hook, BEHIND_DSTNAT);
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ipports", IP_PORTS_ID, true, family, length));
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ports", PORTS_ID, false, family, length));
    }

    private void addMasquerading(NfBatch batch, Cidr network) {
        InetAddress address = network.address();
        int prefix = network.prefix();
        Cidr multicast = Cidr.parse(length == 4 ? "224.0.0.0/4" : "ff00::/8");
        batch.addRule(table, "postrouting",
                new NfRule().wasDestinationTranslated().sourceIn(address, prefix).outBy(table).masquerade());
        batch.addRule(table, "postrouting", new NfRule().sourceIn(address, prefix).notOutBy(table)
                .destinationNotIn(multicast.address(), multicast.prefix()).masquerade());
        if (length == 4) { // from the host's own loopback by a host port: the pod could not answer 127.0.0.1
            batch.addRule(table, "postrouting", new NfRule().sourceIn(LOOPBACK.address(), LOOPBACK.prefix())
                    .destinationIn(address, prefix).masquerade());
        }
    }

    /**
     * Opens a lease's host ports.
     *
     * @return false where one of them is taken by another pod; then none is open
     */
    boolean open(Netlink netlink, Lease lease) throws IOException {
        List<PortMapping> mappings = mappings(lease);
        if (mappings.isEmpty()) {
            return true;
        }
        NfBatch batch = new NfBatch(family, mappings.size());
        addElements(batch, List.of(lease));
        try {
            batch.commit(netlink);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            throw e;
        }
        for (PortMapping mapping : mappings) {
            if (mapping.protocol() == PortMapping.Protocol.UDP) { // a sender may have talked to the port before: that went to the host itself
                Conntrack.forgetUntranslated(netlink, family, mapping.protocol().number(), mapping.hostPort());
            }
        }
        return true;
    }

    /** Closes a lease's host ports, and ends the connections through them: whoever gets its address shall not get those. */
    void close(Netlink netlink, Lease lease) throws IOException {
        List<PortMapping> mappings = mappings(lease);
        if (mappings.isEmpty()) {
            return;
        }
        try {
            NfBatch batch = new NfBatch(family, mappings.size());
            for (boolean onAll : List.of(true, false)) {
                batch.deleteElements(table, map(onAll), mappings.stream().filter(m -> onAll(m) == onAll)
                        .map(m -> new Element(key(m), new byte[0])).toList());
            }
            batch.commit(netlink);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            closeOneByOne(netlink, mappings);
        }
        for (InetAddress address : addresses(lease).toList()) {
            Conntrack.forgetAnsweredBy(netlink, family, address);
        }
    }

    private void closeOneByOne(Netlink netlink, List<PortMapping> mappings) throws IOException {
        for (PortMapping mapping : mappings) {
            try {
                new NfBatch(family, 1).deleteElements(table, map(onAll(mapping)), List.of(new Element(key(mapping), new byte[0])))
                        .commit(netlink);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
    }

    /** Deletes the table; none is no error. */
    void delete(Netlink netlink) throws IOException {
        new NfBatch(family, 0).addTable(table).deleteTable(table).commit(netlink);
    }

    private void addElements(NfBatch batch, Collection<Lease> leases) {
        for (boolean onAll : List.of(true, false)) {
            List<Element> elements = new ArrayList<>();
            for (Lease lease : leases) {
                mappings(lease).stream().filter(m -> onAll(m) == onAll).forEach(m -> elements.add(element(lease, m)));
            }
            batch.addElements(table, map(onAll), elements);
        }
    }

    private Element element(Lease lease, PortMapping mapping) {
        byte[] address = addresses(lease).findFirst().orElseThrow().getAddress();
        return new Element(key(mapping),
                ByteBuffer.allocate(length + 4).put(address).putShort((short) mapping.containerPort()).array());
    }

    private Stream<InetAddress> addresses(Lease lease) {
        return lease.addresses().stream().map(Cidr::address).filter(address -> address.getAddress().length == length);
    }

    /** The lease's host ports of this family: on all of the host's addresses, or on one; none where the pod has no address of the family. */
    private List<PortMapping> mappings(Lease lease) {
        return addresses(lease).findAny().isEmpty()
                ? List.of()
                : lease.portMappings().stream()
                        .filter(m -> m.hostIp().isEmpty() || Cidr.parseAddress(m.hostIp()).getAddress().length == length).toList();
    }

    private static boolean onAll(PortMapping mapping) {
        return mapping.hostIp().isEmpty() || Cidr.parseAddress(mapping.hostIp()).isAnyLocalAddress();
    }

    private static String map(boolean onAll) {
        return onAll ? "ports" : "ipports";
    }

    private byte[] key(PortMapping mapping) {
        ByteBuffer key = ByteBuffer.allocate(onAll(mapping) ? 8 : length + 8);
        if (!onAll(mapping)) {
            key.put(Cidr.parseAddress(mapping.hostIp()).getAddress());
        }
        return key.put((byte) mapping.protocol().number()).put(new byte[3]).putShort((short) mapping.hostPort()).array();
    }
}
