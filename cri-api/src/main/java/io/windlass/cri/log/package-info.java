/** What the daemon's log looks like: one line an event, {@code key=value} pairs, the journal's priorities. */
@NullMarked
package io.windlass.cri.log;

import org.jspecify.annotations.NullMarked;
