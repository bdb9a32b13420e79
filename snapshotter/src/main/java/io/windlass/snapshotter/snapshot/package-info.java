/** Overlay directories: committed layers by chainID, and one writable directory a container. */
@NullMarked
package io.windlass.snapshotter.snapshot;

import org.jspecify.annotations.NullMarked;
