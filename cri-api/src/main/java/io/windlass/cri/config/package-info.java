/** The daemon's configuration: TOML in, one immutable record out; every key is documented where its default stands. */
@NullMarked
package io.windlass.cri.config;

import org.jspecify.annotations.NullMarked;
