package io.windlass.cri.fsck;

import io.windlass.cni.AttachmentAudit;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds attachments and addresses of sandboxes that have no record. */
final class NetworkCheck {
    private NetworkCheck() {}

    /**
     * Checks.
     *
     * @return the sandboxes whose attachments are left to give back, for which plugins want to see their network namespace
     */
    static Set<String> run(Ledger ledger, Fsck.GiveBack network, List<Finding> findings) throws IOException {
        var attached = new TreeSet<String>();
        for (var found : AttachmentAudit.read(ledger.root().resolve("cni"))) {
            var object = (found.lease() ? "lease " : "attachment ") + found.file().getFileName();
            if (!found.damage().isEmpty()) {
                findings.add(Finding.stuck(object, "its record is damaged: " + found.damage(),
                        "undo the attachment by hand and delete " + found.file()));
            } else if (!ledger.knows(found.sandboxId())) {
                findings.add(
                        new Finding(object, "its sandbox has no record", "a repair gives it back, and so does the daemon when it starts",
                                () -> network.run(ledger::knows), true));
                if (!found.lease()) {
                    attached.add(found.sandboxId());
                }
            }
        }
        return attached;
    }
}
