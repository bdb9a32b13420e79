package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.NetworkException;
import io.windlass.cni.NetworkException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who holds which address: in memory to be fast, in files to be found again. A file is there before its address is used, and until it no longer is. */
final class Leases {
    private final LeaseFiles files;
    private final List<Cidr> subnets;
    private final List<AddressPool> pools;
    private final Map<String, Lease> held = new HashMap<>();

    /** Takes over the leases that an earlier daemon left in {@code directory}. */
    Leases(Path directory, List<Cidr> subnets) throws IOException {
        this.files = new LeaseFiles(directory);
        this.subnets = List.copyOf(subnets);
        this.pools = subnets.stream().map(AddressPool::new).toList();
        for (Lease lease : files.list()) {
            held.put(lease.key(), lease);
            lease.addresses().forEach(address -> pools.forEach(pool -> pool.mark(address)));
        }
    }

    synchronized Optional<Lease> find(String sandboxId, String ifName) {
        return Optional.ofNullable(held.get(Lease.key(sandboxId, ifName)));
    }

    synchronized List<Lease> list() {
        return List.copyOf(held.values());
    }

    /**
     * Leases an address of each subnet.
     *
     * @throws NetworkException of kind EXHAUSTED where one is full
     */
    synchronized Lease take(Attachment attachment) throws NetworkException {
        List<InetAddress> addresses = new ArrayList<>(pools.size());
        try {
            for (int i = 0; i < pools.size(); i++) {
                Optional<InetAddress> address = pools.get(i).take();
                if (address.isEmpty()) {
                    throw new NetworkException(Kind.EXHAUSTED,
                            "no address is left in subnet " + subnets.get(i) + ", " + pools.get(i).inUse()
                                    + " are in use: remove pods, or set a larger cni.default_subnet");
                }
                addresses.add(address.get());
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

    /** Ends a lease; the addresses must be out of use. */
    synchronized void release(Lease lease) throws NetworkException {
        try {
            files.delete(lease);
        } catch (IOException e) {
            throw new NetworkException(Kind.FAILED, "lease of sandbox " + lease.sandboxId() + " cannot be deleted: " + e, e);
        }
        if (held.remove(lease.key()) != null) {
            giveBack(lease.addresses());
        }
    }

    private void giveBack(List<InetAddress> addresses) {
        addresses.forEach(address -> pools.forEach(pool -> pool.giveBack(address)));
    }
}
