package io.windlass.cri.fsck;

import io.windlass.cri.log.Logfmt;
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
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All checks, in the order of what stands on what: records, network, kernel, blobs, snapshots, images. */
public final class Fsck {
    private static final Logger LOG = LoggerFactory.getLogger(Fsck.class);

    private Fsck() {}

    /** Gives back what sandboxes hold of the network that are not among the living. */
    @FunctionalInterface
    public interface GiveBack {
        void run(Predicate<String> living) throws IOException;
    }

    /**
     * Checks and changes nothing.
     *
     * @param cgroupParent where pods have their cgroups for which the caller names none
     * @param running whether a daemon is at work, which may be making and removing things meanwhile
     */
    public static List<Finding> check(Path root, Path state, String cgroupParent, boolean running) throws IOException {
        return check(root, state, cgroupParent, running, living -> {
        });
    }

    private static List<Finding> check(Path root, Path state, String cgroupParent, boolean running, GiveBack network)
            throws IOException {
        var findings = new ArrayList<Finding>();
        var ledger = RecordCheck.run(root, state, findings);
        var snapshots = SnapshotCheck.run(root.resolve("snapshots"), running);
        if (!running) {
            var attached = NetworkCheck.run(ledger, network, findings);
            DirectoryCheck.run(ledger, attached, findings);
            CgroupCheck.run(ledger, cgroupParent, traces(ledger, snapshots), findings);
            SnapshotOwnerCheck.run(ledger, snapshots, findings);
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

    /**
     * Repairs what can be repaired; a repair may bring to light what the next round repairs, and one that fails is told and keeps no other back.
     *
     * @return how many repairs that took
     */
    public static int repair(Path root, Path state, String cgroupParent, int rounds, GiveBack network) throws IOException {
        int repairs = 0;
        for (int round = 0; round < rounds; round++) {
            int before = repairs;
            for (var finding : check(root, state, cgroupParent, false, network)) {
                var repair = finding.repair();
                if (repair == null) {
                    continue;
                }
                try {
                    repair.run();
                    repairs++;
                } catch (IOException e) {
                    LOG.warn(Logfmt.event("repair-failed").field("object", finding.object()).field("error", String.valueOf(e.getMessage()))
                            .toString());
                }
            }
            if (repairs == before) {
                break;
            }
        }
        return repairs;
    }
}
