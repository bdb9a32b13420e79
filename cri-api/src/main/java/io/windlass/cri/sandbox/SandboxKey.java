package io.windlass.cri.sandbox;

import io.windlass.cri.v1.PodSandboxMetadata;

/** What makes two RunPodSandbox calls the same one. */
public record SandboxKey(String namespace, String name, String uid, int attempt) {
    public static SandboxKey of(PodSandboxMetadata metadata) {
        return new SandboxKey(metadata.getNamespace(), metadata.getName(), metadata.getUid(), metadata.getAttempt());
    }
}
