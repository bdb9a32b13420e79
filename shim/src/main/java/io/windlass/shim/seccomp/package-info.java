/** From rules about system calls to the classic BPF that the kernel runs at each of them: pure. See seccomp(2). */
@NullMarked
package io.windlass.shim.seccomp;

import org.jspecify.annotations.NullMarked;
