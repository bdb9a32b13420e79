package io.windlass.cni.bridge;

import io.windlass.cni.AttachmentAudit;
import io.windlass.cni.Cidr;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the leases of the built-in network say, read without changing anything. */
public final class LeaseAudit {
    /**
     * The lease of one address.
     *
     * @param sandboxId whose it is; empty where that cannot be read
     * @param damage why it cannot be read; empty where it can
     */
    public record Found(Path file, String sandboxId, String damage) {}

    private LeaseAudit() {}

    /** @param records the directory of the network's records */
    public static List<Found> read(Path records) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path bridge : AttachmentAudit.list(records.resolve(LeaseFiles.DIRECTORY))) {
            for (Path file : AttachmentAudit.list(bridge)) {
                try {
                    found.add(new Found(file, LeaseFiles.read(file).sandboxId(), ""));
                } catch (NoSuchFileException e) {
                    continue; // given back since the listing
                } catch (IllegalArgumentException e) {
                    found.add(new Found(file, "", String.valueOf(e.getMessage())));
                }
            }
        }
        return found;
    }

    /**
     * Returns networks that a bridge needs for what is held on it, at most one of each address family; it finds the others itself.
     *
     * @param records the directory of the network's records
     */
    public static List<Cidr> networks(Path records, String bridge) throws IOException {
        Map<Boolean, Cidr> networks = new TreeMap<>();
        for (Path file : AttachmentAudit.list(records.resolve(LeaseFiles.DIRECTORY).resolve(bridge))) {
            try {
                LeaseFiles.read(file).addresses().forEach(address -> networks.putIfAbsent(address.isIpv4(), address.network()));
            } catch (NoSuchFileException | IllegalArgumentException e) {
                continue; // given back since the listing, or damaged: it says nothing of a network
            }
        }
        return List.copyOf(networks.values());
    }
}
