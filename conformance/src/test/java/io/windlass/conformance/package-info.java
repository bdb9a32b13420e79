/** What a runtime must do for a kubelet, subject by subject, over its CRI socket only. */
@NullMarked
package io.windlass.conformance;

import org.jspecify.annotations.NullMarked;
