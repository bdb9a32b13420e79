/** Containers: from a request to a running process and its exit. One class a call. */
@NullMarked
package io.windlass.cri.container;

import org.jspecify.annotations.NullMarked;
