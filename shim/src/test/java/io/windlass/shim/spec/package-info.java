@NullMarked
package io.windlass.shim.spec;

import org.jspecify.annotations.NullMarked;
