/** Parts of a node that are none, for tests. */
@NullMarked
package io.windlass.cri.fake;

import org.jspecify.annotations.NullMarked;
