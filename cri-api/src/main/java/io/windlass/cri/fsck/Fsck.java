package io.windlass.cri.fsck;

import io.windlass.cri.store.ObjectDirectories;
import io.windlass.cri.store.ObjectId;
import io.windlass.snapshotter.content.BlobCheck;
import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.image.ImageCheck;
import io.windlass.snapshotter.snapshot.SnapshotCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** All checks, in the order of what stands on what: records, kernel, network, blobs, snapshots, images. */
public final class Fsck {
    private Fsck() {}

    /**
     * Checks and changes nothing.
     *
     * @param running whether a daemon is at work, which may be making and removing things meanwhile
     */
    public static List<Finding> check(Path root, Path state, boolean running) throws IOException {
        var findings = new ArrayList<Finding>();
        var ledger = RecordCheck.run(root, state, findings);
        var snapshots = SnapshotCheck.run(root.resolve("snapshots"), running);
        if (!running) {
            DirectoryCheck.run(ledger, findings);
            CgroupCheck.run(ledger, traces(ledger, snapshots), findings);
            SnapshotOwnerCheck.run(ledger, snapshots, findings);
            NetworkCheck.run(ledger, findings);
        }
        SandboxCheck.run(ledger, findings);
        findings.addAll(BlobCheck.run(root.resolve("content"), running));
        findings.addAll(snapshots.findings());
        findings.addAll(ImageCheck.run(root, snapshots));
        return findings;
    }

    private static TreeSet<ObjectId> traces(Ledger ledger, SnapshotCheck snapshots) throws IOException {
        var traces = new TreeSet<ObjectId>();
        for (var directory : List.of(ledger.root().resolve("containers"), ledger.state().resolve("containers"))) {
            ObjectDirectories.in(directory).forEach(entry -> traces.add(ObjectDirectories.id(entry)));
        }
        snapshots.keys().stream().filter(ObjectId::isValid).forEach(key -> traces.add(new ObjectId(key)));
        return traces;
    }

    /** Repairs what can be repaired and returns how many repairs that took; a repair may bring to light what the next round repairs. */
    public static int repair(Path root, Path state, int rounds) throws IOException {
        int repairs = 0;
        for (int round = 0; round < rounds; round++) {
            int before = repairs;
            for (var finding : check(root, state, false)) {
                var repair = finding.repair();
                if (repair != null) {
                    repair.run();
                    repairs++;
                }
            }
            if (repairs == before) {
                break;
            }
        }
        return repairs;
    }
}
