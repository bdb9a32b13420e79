/** Reading from image registries over HTTP: hosts.toml mirrors, token and basic authentication, credentials. */
@NullMarked
package io.windlass.snapshotter.registry;

import org.jspecify.annotations.NullMarked;
