package io.windlass.cri.fsck;

import io.windlass.cri.store.ObjectDirectories;
import io.windlass.cri.store.Trees;
import io.windlass.shim.linux.Mount;
import io.windlass.shim.linux.Mounts;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Finds directories of sandboxes and containers that have no record, with the namespaces and mounts that are pinned there. */
final class DirectoryCheck {
    private DirectoryCheck() {}

    static void run(Ledger ledger, List<Finding> findings) throws IOException {
        check(ledger, ledger.state().resolve("sandboxes"), "state of sandbox ", findings);
        check(ledger, ledger.state().resolve("containers"), "state of container ", findings);
        check(ledger, ledger.root().resolve("containers"), "files of container ", findings);
    }

    private static void check(Ledger ledger, Path directory, String what, List<Finding> findings) throws IOException {
        for (var entry : ObjectDirectories.in(directory)) {
            var id = ObjectDirectories.id(entry);
            if (!ledger.knows(id)) {
                int mounts = mountPoints(entry).size();
                findings.add(Finding.mendable(what + id, "it has no record" + (mounts == 0 ? "" : ", and " + mounts + " mounts"),
                        "a repair takes the mounts off and deletes it", () -> remove(entry)));
            }
        }
    }

    private static List<String> mountPoints(Path directory) throws IOException {
        return Mounts.self().stream().map(mount -> mount.path()).filter(path -> path.startsWith(directory + "/")).toList();
    }

    private static void remove(Path directory) throws IOException {
        for (var path : mountPoints(directory).reversed()) {
            Mount.umount2(path, Mount.MNT_DETACH | Mount.UMOUNT_NOFOLLOW);
        }
        Trees.delete(directory);
    }
}
