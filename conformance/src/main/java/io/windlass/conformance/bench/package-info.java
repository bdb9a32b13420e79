/** What pods, streams, logs and pulls cost in time and memory, on this project's daemon and on containerd in turn. */
@NullMarked
package io.windlass.conformance.bench;

import org.jspecify.annotations.NullMarked;
