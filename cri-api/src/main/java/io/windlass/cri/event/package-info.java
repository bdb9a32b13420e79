/** What happens to sandboxes and containers, told to those who listen. */
@NullMarked
package io.windlass.cri.event;

import org.jspecify.annotations.NullMarked;
