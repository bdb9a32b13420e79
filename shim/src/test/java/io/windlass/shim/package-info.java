@NullMarked
package io.windlass.shim;

import org.jspecify.annotations.NullMarked;
