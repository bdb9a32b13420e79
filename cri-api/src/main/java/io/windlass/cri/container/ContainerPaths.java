package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import java.nio.file.Path;

/**
 * Where the files of one container are.
 *
 * @param durable {@code ROOT/containers/ID}: the image's volumes, the seccomp profile
 * @param volatileState {@code STATE/containers/ID}: what describes its processes, lost at a reboot as they are
 */
record ContainerPaths(Path durable, Path volatileState) {
    static ContainerPaths of(Path root, Path state, ObjectId id) {
        return new ContainerPaths(root.resolve("containers").resolve(id.value()), state.resolve("containers").resolve(id.value()));
    }

    /** Returns the directory of a volume of the image. */
    Path volume(String directory) {
        return durable.resolve("volumes").resolve(directory);
    }

    /** Returns the container's copy of a seccomp profile of the node. */
    Path seccomp() {
        return durable.resolve("seccomp.json");
    }

    /** Returns where the shim writes how the program ended. */
    Path exitRecord() {
        return volatileState.resolve("exit");
    }
}
