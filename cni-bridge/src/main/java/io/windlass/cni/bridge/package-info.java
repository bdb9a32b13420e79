/** The built-in bridge network: links, addresses, leases and masquerading over netlink in our own process; no program is started. */
@NullMarked
package io.windlass.cni.bridge;

import org.jspecify.annotations.NullMarked;
