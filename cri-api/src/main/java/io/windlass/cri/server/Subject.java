package io.windlass.cri.server;

import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.ReopenContainerLogRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;

/** What a request is about, for the log and for messages. Never more than names and ids: requests hold passwords, commands and environments. */
final class Subject {

    private static final int SHORT = 13;

    private Subject() {}

    /** The object's name or shortened id, empty when the request has none. */
    static String of(Object request) {
        return switch (request) {
            case RunPodSandboxRequest r -> pod(r.getConfig().getMetadata());
            case StopPodSandboxRequest r -> id(r.getPodSandboxId());
            case RemovePodSandboxRequest r -> id(r.getPodSandboxId());
            case PodSandboxStatusRequest r -> id(r.getPodSandboxId());
            case CreateContainerRequest r -> pod(r.getSandboxConfig().getMetadata()) + "/" + r.getConfig().getMetadata().getName();
            case StartContainerRequest r -> id(r.getContainerId());
            case StopContainerRequest r -> id(r.getContainerId());
            case RemoveContainerRequest r -> id(r.getContainerId());
            case ContainerStatusRequest r -> id(r.getContainerId());
            case UpdateContainerResourcesRequest r -> id(r.getContainerId());
            case ReopenContainerLogRequest r -> id(r.getContainerId());
            case ExecSyncRequest r -> id(r.getContainerId());
            case PullImageRequest r -> r.getImage().getImage();
            case ImageStatusRequest r -> r.getImage().getImage();
            case RemoveImageRequest r -> r.getImage().getImage();
            default -> "";
        };
    }

    private static String pod(PodSandboxMetadata metadata) {
        return metadata.getNamespace() + "/" + metadata.getName();
    }

    private static String id(String id) {
        return id.length() > SHORT ? id.substring(0, SHORT) : id;
    }
}
