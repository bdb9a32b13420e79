@NullMarked
package io.windlass.shim.seccomp;

import org.jspecify.annotations.NullMarked;
