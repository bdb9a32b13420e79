/** Comparing what the records say with the disk and the kernel, one class a check. */
@NullMarked
package io.windlass.cri.fsck;

import org.jspecify.annotations.NullMarked;
