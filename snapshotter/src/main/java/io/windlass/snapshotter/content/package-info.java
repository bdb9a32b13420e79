/** Blobs by digest, verified while they are written and readable while they grow. */
@NullMarked
package io.windlass.snapshotter.content;

import org.jspecify.annotations.NullMarked;
