/** The image service: one class for each RPC, over the snapshotter's images. */
@NullMarked
package io.windlass.cri.image;

import org.jspecify.annotations.NullMarked;
