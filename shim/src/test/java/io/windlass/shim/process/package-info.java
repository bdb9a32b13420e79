@NullMarked
package io.windlass.shim.process;

import org.jspecify.annotations.NullMarked;
