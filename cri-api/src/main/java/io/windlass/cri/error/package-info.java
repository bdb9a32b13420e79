/** The errors that a call may answer with. */
@NullMarked
package io.windlass.cri.error;

import org.jspecify.annotations.NullMarked;
