/** The containers and sandboxes behind the streams: what {@link io.windlass.cri.stream.StreamTarget} is on a node. */
@NullMarked
package io.windlass.cri.stream.pod;

import org.jspecify.annotations.NullMarked;
