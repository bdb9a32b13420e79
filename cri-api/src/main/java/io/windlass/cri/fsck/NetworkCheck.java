package io.windlass.cri.fsck;

import io.windlass.cni.AttachmentAudit;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.util.List;

/** Finds attachments and addresses of sandboxes that have no record. */
final class NetworkCheck {
    private NetworkCheck() {}

    static void run(Ledger ledger, List<Finding> findings) throws IOException {
        for (var found : AttachmentAudit.read(ledger.root().resolve("cni"))) {
            var object = (found.lease() ? "lease " : "attachment ") + found.file().getFileName();
            if (!found.damage().isEmpty()) {
                findings.add(Finding.stuck(object, "its record is damaged: " + found.damage(),
                        "undo the attachment by hand and delete " + found.file()));
            } else if (!ledger.knows(found.sandboxId())) {
                findings.add(Finding.harmless(object, "its sandbox has no record", "the daemon gives it back when it starts"));
            }
        }
    }
}
