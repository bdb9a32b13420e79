@NullMarked
package io.windlass.shim.cgroup;

import org.jspecify.annotations.NullMarked;
