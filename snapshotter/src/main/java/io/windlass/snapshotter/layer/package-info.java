/** A layer's tar stream made into a directory, without ever leaving it. */
@NullMarked
package io.windlass.snapshotter.layer;

import org.jspecify.annotations.NullMarked;
