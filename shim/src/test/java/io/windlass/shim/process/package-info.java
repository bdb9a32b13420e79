/** Tests with real containers, made of the machine's static busybox. */
@NullMarked
package io.windlass.shim.process;

import org.jspecify.annotations.NullMarked;
