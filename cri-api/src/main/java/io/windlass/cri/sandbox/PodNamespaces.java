package io.windlass.cri.sandbox;

import io.windlass.shim.spec.NamespaceSpec;

/**
 * The namespaces that a sandbox offers to its containers: its own, or the host's.
 *
 * @param pid the sandbox's shared one; for a container that asks for its own this is not used
 */
public record PodNamespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, NamespaceSpec pid) {}
