/**
 * Linux as Java sees it: one method a system call, errors as {@link io.windlass.shim.linux.ErrnoException}; and SHA-256 by OpenSSL. The only importer of
 * JNA.
 */
@NullMarked
package io.windlass.shim.linux;

import org.jspecify.annotations.NullMarked;
