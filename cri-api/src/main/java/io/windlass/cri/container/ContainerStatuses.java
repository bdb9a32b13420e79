package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.container.ContainerLife.Exited;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.spec.StopSignal;
import io.windlass.cri.v1.ContainerResources;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ContainerUser;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.LinuxContainerUser;

/** A container's record as the CRI shows it. Pure. */
final class ContainerStatuses {
    private ContainerStatuses() {}

    static ContainerStatus of(ContainerRecord container) {
        var config = container.config();
        var image = container.image();
        var status = ContainerStatus.newBuilder().setId(container.id().value()).setMetadata(config.getMetadata())
                .setState(container.life().state()).setCreatedAt(container.createdAt())
                .setImage(ImageSpec.newBuilder().setImage(image.name()).setUserSpecifiedImage(config.getImage().getUserSpecifiedImage()))
                .setImageRef(image.reference()).setImageId(image.id()).putAllLabels(config.getLabelsMap())
                .putAllAnnotations(config.getAnnotationsMap()).addAllMounts(ImageMounts.shown(container)).setLogPath(container.logPath())
                .setResources(ContainerResources.newBuilder().setLinux(inForce(container.resources()))).setUser(user(container))
                .setStopSignal(StopSignal.toCri(container.stopSignal()));
        switch (container.life()) {
            case Created() -> {
            }
            case Running running -> status.setStartedAt(running.startedAt());
            case Exited exited -> status.setStartedAt(exited.startedAt()).setFinishedAt(exited.finishedAt()).setExitCode(exited.code())
                    .setReason(exited.reason()).setMessage(exited.message());
        }
        return status.build();
    }

    private static ContainerUser user(ContainerRecord container) {
        var user = container.user();
        var linux = LinuxContainerUser.newBuilder().setUid(user.uid()).setGid(user.gid());
        user.groups().forEach(linux::addSupplementalGroups);
        return ContainerUser.newBuilder().setLinux(linux).build();
    }

    /** Who asks for a limit of memory and says nothing of swap gets none of that: the limit of both together is the same. */
    static LinuxContainerResources inForce(LinuxContainerResources wanted) {
        return wanted.getMemoryLimitInBytes() > 0 && wanted.getMemorySwapLimitInBytes() == 0
                ? wanted.toBuilder().setMemorySwapLimitInBytes(wanted.getMemoryLimitInBytes()).build()
                : wanted;
    }
}
