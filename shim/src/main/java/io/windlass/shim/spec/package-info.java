/**
 * What a container is to be, as immutable records after the OCI runtime specification (config.md, config-linux.md). Pure data: nothing here
 * touches the system.
 */
@NullMarked
package io.windlass.shim.spec;

import org.jspecify.annotations.NullMarked;
