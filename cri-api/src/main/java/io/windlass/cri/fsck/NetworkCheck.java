package io.windlass.cri.fsck;

import io.windlass.cni.AttachmentAudit;
import io.windlass.cni.PodCidrs;
import io.windlass.cni.bridge.LeaseAudit;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds attachments and addresses of sandboxes that have no record, and records of the network that came to harm. */
final class NetworkCheck {
    private NetworkCheck() {}

    /**
     * Checks.
     *
     * @return the sandboxes whose attachments are left to give back, for which plugins want to see their network namespace
     */
    static Set<String> run(Ledger ledger, Fsck.GiveBack network, List<Finding> findings) throws IOException {
        var records = ledger.root().resolve("cni");
        PodCidrs.damage(records).ifPresent(damage -> findings.add(
                Finding.mendable("the pods' networks", "their record is damaged: " + damage,
                        "a repair deletes it, and the kubelet tells them again when it is restarted", () -> PodCidrs.delete(records))));
        setAside(records, findings);
        setAside(records.resolve("attachments"), findings);
        checkLeases(ledger, network, findings);
        var attached = new TreeSet<String>();
        for (var found : AttachmentAudit.read(records)) {
            var object = "attachment " + found.file().getFileName();
            if (!found.damage().isEmpty()) {
                findings.add(Finding.stuck(object, "its record cannot be used: " + found.damage(), remedy(ledger, found)));
            } else if (!ledger.knows(found.sandboxId())) {
                findings.add(ownerless(object, ledger, network));
                attached.add(found.sandboxId());
            }
        }
        return attached;
    }

    private static void checkLeases(Ledger ledger, Fsck.GiveBack network, List<Finding> findings) throws IOException {
        for (var found : LeaseAudit.read(ledger.root().resolve("cni"))) {
            var object = "lease " + found.file().getFileName();
            if (!found.damage().isEmpty()) {
                findings.add(Finding.mendable(object, "its record is damaged: " + found.damage(),
                        "a repair deletes it, and the daemon makes it anew when it starts if its pod is there",
                        () -> Files.deleteIfExists(found.file())));
            } else if (!ledger.knows(found.sandboxId())) {
                findings.add(ownerless(object, ledger, network));
            }
        }
    }

    private static Finding ownerless(String object, Ledger ledger, Fsck.GiveBack network) {
        return new Finding(object, "its sandbox has no record", "a repair gives it back, and so does the daemon when it starts",
                () -> network.run(ledger::knows), true);
    }

    private static String remedy(Ledger ledger, AttachmentAudit.Found found) {
        if (found.later()) {
            return "use that version";
        }
        return ledger.knows(found.sandboxId())
                ? "stop its pod, which the daemon takes off the network that is configured then"
                : "undo the attachment by hand and delete " + found.file();
    }

    private static void setAside(Path directory, List<Finding> findings) throws IOException {
        for (var file : Entries.of(directory)) {
            if (file.toString().endsWith(AttachmentAudit.CORRUPT)) {
                findings.add(Finding.mendable("record " + file, "it was damaged and is set aside", "a repair deletes it",
                        () -> Files.deleteIfExists(file)));
            }
        }
    }
}
