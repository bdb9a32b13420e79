/**
 * Containers as processes: start, exec, exit, standard streams and logs. One shim per container, which outlives the daemon. May use the packages linux, spec and
 * program.
 */
@NullMarked
package io.windlass.shim.process;

import org.jspecify.annotations.NullMarked;
