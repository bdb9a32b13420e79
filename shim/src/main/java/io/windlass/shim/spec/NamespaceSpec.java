package io.windlass.shim.spec;

import java.nio.file.Path;

/** Where one namespace of a container comes from. See namespaces(7). */
public sealed interface NamespaceSpec {
    NamespaceSpec NEW = new New();
    NamespaceSpec HOST = new Host();

    /** Returns the namespace that is pinned at, or shown by /proc at, the given path. */
    static NamespaceSpec join(Path path) {
        return new Join(path);
    }

    /** A new one for this container alone. */
    record New() implements NamespaceSpec {}

    /** An existing one: a pinned namespace file, or {@code /proc/PID/ns/…}. */
    record Join(Path path) implements NamespaceSpec {}

    /** The host's. */
    record Host() implements NamespaceSpec {}
}
