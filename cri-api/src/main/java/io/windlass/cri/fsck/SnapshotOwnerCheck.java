package io.windlass.cri.fsck;

import io.windlass.cri.store.ObjectId;
import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.snapshot.SnapshotCheck;
import java.util.List;

/** Finds writable snapshots whose container has no record. */
final class SnapshotOwnerCheck {
    private static final int ID_DIGITS = 64;

    private SnapshotOwnerCheck() {}

    static void run(Ledger ledger, SnapshotCheck snapshots, List<Finding> findings) {
        for (var key : snapshots.keys()) {
            var id = key.substring(0, Math.min(key.length(), ID_DIGITS));
            if (ObjectId.isValid(id) && !ledger.knows(id)) {
                findings.add(Finding.mendable("snapshot " + key, "its container has no record", "a repair removes it",
                        () -> snapshots.remove(key)));
            }
        }
    }
}
