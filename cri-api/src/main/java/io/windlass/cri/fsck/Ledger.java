package io.windlass.cri.fsck;

import io.windlass.cri.container.ContainerRecord;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What the records of sandboxes and containers say there is: what the other checks compare with.
 *
 * @param newer objects of a later daemon, of which nothing may be judged
 */
record Ledger(Path root, Path state, Map<ObjectId, SandboxRecord> sandboxes, Map<ObjectId, ContainerRecord> containers,
        Set<ObjectId> newer) {

    boolean knows(ObjectId id) {
        return sandboxes.containsKey(id) || containers.containsKey(id) || newer.contains(id);
    }

    boolean knows(String id) {
        return ObjectId.isValid(id) && knows(new ObjectId(id));
    }
}
