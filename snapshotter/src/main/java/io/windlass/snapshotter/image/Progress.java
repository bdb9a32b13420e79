package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Reference;

/** Hears how a pull goes on. Called from several threads; must return at once. */
@FunctionalInterface
public interface Progress {
    /** Hears nothing. */
    Progress NONE = event -> {
    };

    /** One step of a pull. */
    sealed interface Event {}

    /** The reference stands for this manifest or index. */
    record Resolved(Reference reference, Digest target) implements Event {}

    /** The layer is there already; its {@code size} bytes need not be fetched. */
    record Present(Digest layer, long size) implements Event {}

    /** {@code fetched} of the {@code size} compressed bytes of the layer are here. Sent about every MiB and at the end. */
    record Fetched(Digest layer, long fetched, long size) implements Event {}

    /** The layer is unpacked and its diffID is right. */
    record Unpacked(Digest layer) implements Event {}

    /** Everything is on disk and recorded. */
    record Complete(Image image) implements Event {}

    /** Hears one event. */
    void report(Event event);
}
