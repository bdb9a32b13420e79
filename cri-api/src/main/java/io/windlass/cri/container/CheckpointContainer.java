package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.CheckpointContainerRequest;
import io.windlass.cri.v1.CheckpointContainerResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says why a container cannot be checkpointed: the node has no CRIU to do it with, or this version does not drive it. */
public final class CheckpointContainer {
    private static final List<Path> DIRECTORIES = List.of(Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/sbin"),
            Path.of("/usr/bin"), Path.of("/sbin"), Path.of("/bin"));

    private final ContainerStore store;

    CheckpointContainer(ContainerStore store) {
        this.store = store;
    }

    /** @throws CriException always: NOT_FOUND, FAILED_PRECONDITION for a container that does not run or a node without CRIU, UNIMPLEMENTED */
    public CheckpointContainerResponse call(CheckpointContainerRequest request) {
        var record = store.require(request.getContainerId()).record();
        if (!(record.life() instanceof Running)) {
            throw CriException.failedPrecondition("container " + record.id() + " is " + record.life().word()
                    + ": only a running container can be checkpointed");
        }
        if (DIRECTORIES.stream().noneMatch(directory -> Files.isExecutable(directory.resolve("criu")))) {
            throw CriException.failedPrecondition("container " + record.id() + " cannot be checkpointed: there is no criu in " + DIRECTORIES
                    + " of this node, install it");
        }
        throw CriException
                .unimplemented("container " + record.id() + " cannot be checkpointed: this version of windlass does not use criu");
    }
}
