package io.windlass.cni.bridge;

import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
import io.windlass.cni.Sysctl;
import io.windlass.cni.netlink.Conntrack;
import io.windlass.cni.netlink.NfBatch;
import io.windlass.cni.netlink.NfBatch.Element;
import io.windlass.cni.netlink.NfQuery;
import io.windlass.cni.netlink.NfRule;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Address translation of one family, as a table of nf_tables named like the bridge:
 *
 * <pre>
 * map ports   { protocol . port           : address . port }    host ports on all addresses of the host
 * map ipports { address . protocol . port : address . port }    host ports on one address
 * set opened  { protocol . port . address . port }              the host ports of both, and where they lead to
 * chain spoofed             raw      from the bridge, by or to the host's loopback: dropped (IPv4; the kernel knows ::1 itself)
 * chain prerouting, output  dstnat   an address of the host -> the pod's, by ipports, then by ports
 * chain postrouting         srcnat   pods to elsewhere, and to pods by a host port: masqueraded
 * </pre>
 *
 * Only what goes to an address of the host is translated, whatever else has the same port (CVE-2025-67499). Rules of others come first, those of
 * services above all: hence the priorities behind theirs (CVE-2019-9946). A pod more is elements of maps more, never a rule.
 */
final class Nat {
    private static final Logger LOG = LoggerFactory.getLogger(Nat.class);
    private static final int RAW = -300;
    private static final int BEHIND_DSTNAT = -90;
    private static final int BEHIND_SRCNAT = 110;
    private static final int PORTS_ID = 1;
    private static final int IP_PORTS_ID = 2;
    private static final String OPENED = "opened";
    private static final int OPENED_ID = 3;
    private static final List<String> SETS = List.of("ports", "ipports", OPENED);
    // nft's numbers of types, for its listings
    private static final int TYPE_IPV4 = 7;
    private static final int TYPE_IPV6 = 8;
    private static final int TYPE_PROTOCOL = 12;
    private static final int TYPE_SERVICE = 13;
    private static final Cidr LOOPBACK = Cidr.parse("127.0.0.0/8");

    /** An element, and the map or the set that it is in. */
    private record Entry(String set, Element element) {}

    private final String table;
    private final int family;
    private final int length;
    /** What the rules were made for. */
    private boolean answersPassHere;

    /** @param ipv4 whether it is the family of IPv4, else that of IPv6 */
    Nat(String table, boolean ipv4) {
        this.table = table;
        this.family = ipv4 ? NfBatch.IPV4 : NfBatch.IPV6;
        this.length = ipv4 ? 4 : 16;
    }

    /** Says whether the table is there, which others may have deleted, and still right. On a thread in the host's namespace. */
    boolean isWhole(Netlink netlink) throws IOException {
        return NfQuery.hasTable(netlink, family, table) && answersPassHere == answersPassHere();
    }

    /**
     * Makes the table anew, in one step, with the host ports of all leases. On a thread in the host's namespace.
     *
     * @param networks of pods, those of the other family are passed over
     * @param leases the oldest first: it keeps a port that another one has, too, of a daemon that was killed before it had refused that
     */
    void replace(Netlink netlink, Collection<Cidr> networks, Collection<Lease> leases) throws IOException {
        int address = length == 4 ? TYPE_IPV4 : TYPE_IPV6;
        int port = TYPE_PROTOCOL << 6 | TYPE_SERVICE;
        int target = address << 6 | TYPE_SERVICE;
        List<Entry> entries = firstOfEach(leases);
        NfBatch batch = new NfBatch(family, entries.size()).addTable(table).deleteTable(table).addTable(table)
                .addMap(table, "ports", PORTS_ID, port, 8, target, length + 4)
                .addMap(table, "ipports", IP_PORTS_ID, address << 12 | port, length + 8, target, length + 4)
                .addSet(table, OPENED, OPENED_ID, port << 12 | target, length + 12);
        if (length == 4) { // host ports are open to the host's loopback; see NodeBridge: that may not open the loopback to pods
            batch.addChain(table, "spoofed", "filter", NfBatch.PREROUTING, RAW)
                    .addRule(table, "spoofed", new NfRule().inBy(table).destinationIn(LOOPBACK.address(), LOOPBACK.prefix()).drop())
                    .addRule(table, "spoofed", new NfRule().inBy(table).sourceIn(LOOPBACK.address(), LOOPBACK.prefix()).drop());
        }
        addDestinationChain(batch, "prerouting", NfBatch.PREROUTING);
        addDestinationChain(batch, "output", NfBatch.OUTPUT);
        batch.addChain(table, "postrouting", "nat", NfBatch.POSTROUTING, BEHIND_SRCNAT);
        answersPassHere = answersPassHere();
        networks.stream().filter(network -> network.isIpv4() == (length == 4))
                .forEach(network -> addMasquerading(batch, network));
        SETS.forEach(set -> batch.addElements(table, set, of(set, entries)));
        batch.commit(netlink);
    }

    private List<Entry> firstOfEach(Collection<Lease> leases) {
        List<Entry> entries = new ArrayList<>();
        Set<ByteBuffer> taken = new HashSet<>(); // those of both maps, whose keys differ in length
        for (Lease lease : leases) {
            for (PortMapping mapping : mappings(lease)) {
                if (taken.add(ByteBuffer.wrap(key(mapping)))) {
                    entries.addAll(entries(lease, mapping));
                } else {
                    LOG.warn("event=host-port.taken sandbox={} port={} reason=\"an older lease has it\"", lease.sandboxId(), mapping);
                }
            }
        }
        return entries;
    }

    /** Says whether conntrack sees what one port of the bridge sends to another, as services need it (br_netfilter). */
    private boolean answersPassHere() throws IOException {
        return Sysctl.getIfPresent("net/bridge/bridge-nf-call-" + (length == 4 ? "iptables" : "ip6tables")).equals("1");
    }

    private void addDestinationChain(NfBatch batch, String chain, int hook) {
        batch.addChain(table, chain, "nat", hook, BEHIND_DSTNAT);
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ipports", IP_PORTS_ID, true, family, length));
        batch.addRule(table, chain, new NfRule().destinationIsLocal().translateDestination("ports", PORTS_ID, false, family, length));
    }

    /**
     * Where a pod's answer to a pod is translated back even if it does not go through the host, a pod that another reaches by a service of others sees
     * that one's own address.
     */
    private void addMasquerading(NfBatch batch, Cidr network) {
        InetAddress address = network.address();
        int prefix = network.prefix();
        Cidr multicast = Cidr.parse(length == 4 ? "224.0.0.0/4" : "ff00::/8");
        NfRule toPods = new NfRule().wasDestinationTranslated().sourceIn(address, prefix).outBy(table);
        if (answersPassHere) {
            toPods.isTranslatedAsIn(OPENED, OPENED_ID, length);
        }
        batch.addRule(table, "postrouting", toPods.masquerade());
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
        List<Entry> entries = entries(lease);
        if (entries.isEmpty()) {
            return true;
        }
        NfBatch batch = new NfBatch(family, entries.size());
        SETS.forEach(set -> batch.addElements(table, set, of(set, entries)));
        try {
            batch.commit(netlink);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            throw e;
        }
        return true;
    }

    /** Ends what senders have of a lease's UDP host ports from before they were open: that went to the host itself, and would go on so. */
    void forgetUntranslated(Netlink netlink, Lease lease) throws IOException {
        for (PortMapping mapping : mappings(lease)) {
            if (mapping.protocol() == PortMapping.Protocol.UDP) {
                Conntrack.forgetUntranslated(netlink, family, mapping.protocol().number(), mapping.hostPort());
            }
        }
    }

    /** Closes a lease's host ports, as far as it has them: not one that leads to another pod. */
    void close(Netlink netlink, Lease lease) throws IOException {
        if (!closeAll(netlink, entries(lease))) {
            for (PortMapping mapping : mappings(lease)) {
                closeAll(netlink, entries(lease, mapping));
            }
        }
    }

    /**
     * Elements are deleted by their keys alone, so they are added first: where they are there that changes nothing, where one leads elsewhere
     * it fails.
     *
     * @return false where one does, where two are the same (that of a port on two addresses), or where there is no table; then all stay
     */
    private boolean closeAll(Netlink netlink, List<Entry> entries) throws IOException {
        if (entries.isEmpty()) {
            return true;
        }
        try {
            NfBatch batch = new NfBatch(family, 2L * entries.size());
            SETS.forEach(set -> batch.addElements(table, set, of(set, entries)).deleteElements(table, set, of(set, entries)));
            batch.commit(netlink);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EEXIST) {
                throw e;
            }
            return false;
        }
    }

    /** Ends the connections through a lease's host ports, once they are closed: whoever gets its address shall not get those. */
    void forgetTranslated(Netlink netlink, Lease lease) throws IOException {
        if (!mappings(lease).isEmpty()) {
            for (InetAddress address : addresses(lease).toList()) {
                Conntrack.forgetAnsweredBy(netlink, family, address);
            }
        }
    }

    /** Deletes the table; none is no error, nor is a kernel that could not have one. */
    void delete(Netlink netlink) throws IOException {
        if (NfQuery.hasTable(netlink, family, table)) {
            new NfBatch(family, 0).addTable(table).deleteTable(table).commit(netlink);
        }
    }

    private static List<Element> of(String set, List<Entry> entries) {
        return entries.stream().filter(entry -> entry.set().equals(set)).map(Entry::element).toList();
    }

    private List<Entry> entries(Lease lease) {
        return mappings(lease).stream().flatMap(mapping -> entries(lease, mapping).stream()).toList();
    }

    private List<Entry> entries(Lease lease, PortMapping mapping) {
        byte[] address = addresses(lease).findFirst().orElseThrow().getAddress();
        byte[] target = ByteBuffer.allocate(length + 4).put(address).putShort((short) mapping.containerPort()).array();
        byte[] opened = ByteBuffer.allocate(length + 12).put(port(mapping)).put(target).array();
        return List.of(new Entry(onAll(mapping) ? "ports" : "ipports", new Element(key(mapping), target)),
                new Entry(OPENED, new Element(opened, new byte[0])));
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

    private byte[] key(PortMapping mapping) {
        return onAll(mapping)
                ? port(mapping)
                : ByteBuffer.allocate(length + 8).put(Cidr.parseAddress(mapping.hostIp()).getAddress()).put(port(mapping)).array();
    }

    /** Protocol and port, as parts of a key. */
    private static byte[] port(PortMapping mapping) {
        return ByteBuffer.allocate(8).put((byte) mapping.protocol().number()).put(new byte[3]).putShort((short) mapping.hostPort()).array();
    }
}
