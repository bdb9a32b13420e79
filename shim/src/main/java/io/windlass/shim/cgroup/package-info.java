/** Control groups, version 1, 2 and both at once: making, limiting, killing and measuring them. See cgroups(7). */
@NullMarked
package io.windlass.shim.cgroup;

import org.jspecify.annotations.NullMarked;
