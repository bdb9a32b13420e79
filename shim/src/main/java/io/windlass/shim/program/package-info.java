/**
 * Containers as programs of system calls: the compiler is pure (specification in, program out), the interpreter is fixed machine code.
 */
@NullMarked
package io.windlass.shim.program;

import org.jspecify.annotations.NullMarked;
