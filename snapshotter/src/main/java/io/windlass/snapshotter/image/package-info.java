/** Images of this node: pull, list, remove, import, and the reclaiming of what nothing needs. */
@NullMarked
package io.windlass.snapshotter.image;

import org.jspecify.annotations.NullMarked;
