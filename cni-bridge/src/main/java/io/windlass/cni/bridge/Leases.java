package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.NetworkException;
import io.windlass.cni.NetworkException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds which address: in memory to be fast, in files to be found again. A file is there before its address is used, and until it no longer
 * is. When the subnets change, those who hold addresses keep them.
 */
final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final LeaseFiles files;
    private List<Cidr> subnets = List.of();
    private List<AddressPool> pools = List.of();
    private final Map<String, Lease> held = new LinkedHashMap<>();
    private final Set<String> leaving = new HashSet<>();

    /** Takes over the leases that an earlier daemon left in {@code directory}. */
    Leases(Path directory, List<Cidr> subnets) throws IOException {
        this.files = new LeaseFiles(directory);
        for (Lease lease : files.list()) {
            held.put(lease.key(), lease);
        }
        use(subnets, files.list());
    }

    /** From now on addresses come from these subnets. */
    synchronized void use(List<Cidr> others) {
        use(others, held.values());
    }

    /** @param leases in the order that they were made in */
    private void use(List<Cidr> others, Iterable<Lease> leases) {
        subnets = List.copyOf(others);
        pools = others.stream().map(AddressPool::new).toList();
        for (Lease lease : leases) {
            lease.addresses().forEach(address -> pools.forEach(pool -> pool.mark(address.address())));
        }
    }

    synchronized Optional<Lease> find(String sandboxId, String ifName) {
        return Optional.ofNullable(held.get(Lease.key(sandboxId, ifName)));
    }

    synchronized List<Lease> list() {
        return List.copyOf(held.values());
    }

    /** Returns those whose host ports are to be open, the oldest first: all but those that {@link #leave}. */
    synchronized List<Lease> staying() {
        return held.values().stream().filter(lease -> !leaving.contains(lease.key())).toList();
    }

    /** To be called before a lease's host ports are closed: nobody who opens those of all leases shall open them again until it ends. */
    synchronized void leave(Lease lease) {
        leaving.add(lease.key());
    }

    /** Returns the subnets, and every other network that an address is still held of. */
    synchronized Set<Cidr> networks() {
        Set<Cidr> networks = new LinkedHashSet<>(subnets);
        held.values().forEach(lease -> lease.addresses().forEach(address -> networks.add(address.network())));
        return networks;
    }

    /**
     * Leases an address of each subnet.
     *
     * @throws NetworkException of kind EXHAUSTED where one is full
     */
    synchronized Lease take(Attachment attachment) throws NetworkException {
        List<Cidr> addresses = new ArrayList<>(pools.size());
        try {
            for (int i = 0; i < pools.size(); i++) {
                Optional<InetAddress> address = pools.get(i).take();
                if (address.isEmpty()) {
                    throw new NetworkException(Kind.EXHAUSTED,
                            "no address is left in subnet " + subnets.get(i) + ", " + pools.get(i).inUse()
                                    + " are in use: remove pods, or set a larger cni.default_subnet");
                }
                addresses.add(new Cidr(address.get(), subnets.get(i).prefix()));
            }
            Lease lease = new Lease(attachment.sandboxId(), attachment.ifName(), addresses, attachment.portMappings());
            files.write(lease);
            held.put(lease.key(), lease);
            return lease;
        } catch (NetworkException e) {
            giveBack(addresses);
            throw e;
        } catch (IOException e) {
            giveBack(addresses);
            throw new NetworkException(Kind.FAILED, "lease of sandbox " + attachment.sandboxId() + " cannot be written: " + e, e);
        }
    }

    /** Makes the lease of an attachment anew whose files are lost, so that nobody else gets what it has. One that is there stays as it is. */
    synchronized void restore(Attachment attachment, List<String> texts) throws NetworkException {
        List<Cidr> addresses = new ArrayList<>(texts.size());
        for (String text : texts) {
            InetAddress address = Cidr.parseAddress(text);
            subnets.stream().filter(subnet -> subnet.contains(address)).findFirst()
                    .ifPresent(subnet -> addresses.add(new Cidr(address, subnet.prefix())));
        }
        if (addresses.isEmpty() || held.containsKey(Lease.key(attachment.sandboxId(), attachment.ifName()))) {
            return;
        }
        Lease lease = new Lease(attachment.sandboxId(), attachment.ifName(), addresses, attachment.portMappings());
        held.put(lease.key(), lease);
        addresses.forEach(address -> pools.forEach(pool -> pool.mark(address.address())));
        LOG.warn("event=lease.restored sandbox={} addresses={}", attachment.sandboxId(), texts);
        try {
            files.write(lease);
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, "lease of sandbox " + lease.sandboxId() + " cannot be written: " + e, e);
        }
    }

    /** Ends a lease; the addresses must be out of use. */
    synchronized void release(Lease lease) throws NetworkException {
        try {
            files.delete(lease);
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, "lease of sandbox " + lease.sandboxId() + " cannot be deleted: " + e, e);
        }
        leaving.remove(lease.key());
        if (held.remove(lease.key()) != null) {
            giveBack(lease.addresses());
        }
    }

    private void giveBack(List<Cidr> addresses) {
        addresses.forEach(address -> pools.forEach(pool -> pool.giveBack(address.address())));
    }
}
