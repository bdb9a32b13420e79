package io.windlass.cri.fsck;

import io.windlass.cri.sandbox.SandboxNamespaces;
import io.windlass.cri.sandbox.SandboxPaths;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.store.RecordDirectory;
import io.windlass.snapshotter.content.Finding;
import java.util.List;

/** Finds sandboxes that are ready by their record and whose namespaces or files are gone, and containers without a sandbox. */
final class SandboxCheck {
    private SandboxCheck() {}

    static void run(Ledger ledger, List<Finding> findings) {
        ledger.sandboxes().forEach((id, sandbox) -> {
            var paths = new SandboxPaths(ledger.state().resolve("sandboxes").resolve(id.value()));
            if (sandbox.state() == SandboxState.READY && !SandboxNamespaces.areThereWithFiles(sandbox, paths)) {
                findings.add(Finding.harmless("sandbox " + id, "its namespaces or files are gone, as after a reboot",
                        "the daemon marks it not ready when it starts"));
            }
        });
        ledger.containers().forEach((id, container) -> {
            if (!ledger.knows(container.sandbox())) {
                findings.add(Finding.mendable("container " + id, "its sandbox " + container.sandbox() + " has no record",
                        "a repair ends it and forgets it",
                        () -> RecordDirectory.open(ledger.root().resolve("containers")).delete(id)));
            }
        });
    }
}
