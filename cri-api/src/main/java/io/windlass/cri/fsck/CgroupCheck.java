package io.windlass.cri.fsck;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.linux.Mounts;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds cgroups of containers that have no record. Other runtimes name theirs likewise: ours are those in the cgroup of a pod that we know, in the
 * one for pods without a parent, and those of an id that we find traces of elsewhere.
 */
final class CgroupCheck {
    private static final Duration LAST_PROCESS = Duration.ofSeconds(10);
    private static final int DEPTH = 16;

    private final Ledger ledger;
    private final Set<ObjectId> traces;
    private final Set<String> parents = new HashSet<>();
    private final Set<String> orphans = new TreeSet<>();

    private CgroupCheck(Ledger ledger, String common, Set<ObjectId> traces) {
        this.ledger = ledger;
        this.traces = traces;
        parents.add(common);
        ledger.sandboxes().values().forEach(sandbox -> parents.add(sandbox.cgroup().path()));
    }

    /**
     * @param common where pods without a parent have their cgroups
     * @param traces ids without a record that other checks have met
     */
    static void run(Ledger ledger, String common, Set<ObjectId> traces, List<Finding> findings) throws IOException {
        var check = new CgroupCheck(ledger, common, traces);
        for (var mount : Mounts.self()) {
            if (mount.type().startsWith("cgroup")) {
                check.walk(Path.of(mount.path()), "", 0);
            }
        }
        for (var path : check.orphans) {
            findings.add(Finding.mendable("cgroup " + path, "its container has no record", "a repair ends its processes and removes it",
                    () -> remove(path)));
        }
    }

    private void walk(Path directory, String path, int depth) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (var entry : entries) {
                var name = entry.getFileName().toString();
                if (isOrphan(name, path)) {
                    orphans.add(path + "/" + name);
                } else if (depth < DEPTH) {
                    walk(entry, path + "/" + name, depth + 1);
                }
            }
        } catch (NoSuchFileException e) {
            return; // it went meanwhile
        }
    }

    private boolean isOrphan(String name, String parent) {
        if (!ObjectId.isValid(name) || ledger.knows(name)) {
            return false;
        }
        return parents.contains(parent) || traces.contains(new ObjectId(name));
    }

    private static void remove(String path) throws IOException {
        var cgroup = CgroupDriver.detect().cgroup(path);
        cgroup.kill();
        cgroup.delete(LAST_PROCESS);
    }
}
