@NullMarked
package io.windlass.shim.linux;

import org.jspecify.annotations.NullMarked;
