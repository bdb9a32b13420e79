/** What containers and sandboxes use: stats for the kubelet, and the same as metrics by the names of cAdvisor. */
@NullMarked
package io.windlass.cri.stats;

import org.jspecify.annotations.NullMarked;
