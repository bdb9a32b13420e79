@NullMarked
package io.windlass.shim.program;

import org.jspecify.annotations.NullMarked;
