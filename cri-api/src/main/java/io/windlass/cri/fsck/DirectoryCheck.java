package io.windlass.cri.fsck;

import io.windlass.cri.sandbox.SandboxPaths;
import io.windlass.cri.store.ObjectDirectories;
import io.windlass.cri.store.Trees;
import io.windlass.shim.linux.Mount;
import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.Namespace;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Finds directories of sandboxes and containers that have no record, with the namespaces and mounts that are pinned there. */
final class DirectoryCheck {
    private DirectoryCheck() {}

    /** @param attached sandboxes whose network is to be given back first */
    static void run(Ledger ledger, Set<String> attached, List<Finding> findings) throws IOException {
        check(ledger, ledger.state().resolve("sandboxes"), "state of sandbox ", attached, findings);
        check(ledger, ledger.state().resolve("containers"), "state of container ", Set.of(), findings);
        check(ledger, ledger.root().resolve("containers"), "files of container ", Set.of(), findings);
    }

    private static void check(Ledger ledger, Path directory, String what, Set<String> attached, List<Finding> findings) throws IOException {
        for (var entry : ObjectDirectories.in(directory)) {
            var id = ObjectDirectories.id(entry);
            if (attached.contains(id.value())) {
                findings.add(Finding.harmless(what + id, "it has no record", "a repair deletes it once its network is given back"));
            } else if (!ledger.knows(id)) {
                int mounts = mountPoints(entry).size();
                findings.add(Finding.mendable(what + id, "it has no record" + (mounts == 0 ? "" : ", and " + mounts + " mounts"),
                        "a repair takes the mounts off and deletes it", () -> remove(entry)));
            }
        }
    }

    private static List<String> mountPoints(Path directory) throws IOException {
        var net = real(new SandboxPaths(directory).net());
        return Mounts.self().stream().map(mount -> mount.path()).filter(path -> path.startsWith(directory + "/") || path.equals(net))
                .toList();
    }

    private static String real(Path path) {
        try {
            return path.toRealPath().toString();
        } catch (IOException e) {
            return path.toString();
        }
    }

    private static void remove(Path directory) throws IOException {
        Namespace.unpin(new SandboxPaths(directory).net());
        for (var path : mountPoints(directory).reversed()) {
            Mount.umount2(path, Mount.MNT_DETACH | Mount.UMOUNT_NOFOLLOW);
        }
        Trees.delete(directory);
    }
}
