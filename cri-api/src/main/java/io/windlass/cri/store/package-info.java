/** What sandboxes and containers have in common: ids, one record per object, idempotent creation. */
@NullMarked
package io.windlass.cri.store;

import org.jspecify.annotations.NullMarked;
