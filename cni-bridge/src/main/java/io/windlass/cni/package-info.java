/** Pod networks: the contract {@link io.windlass.cni.PodNetwork} and a client for CNI plugins (CNI specification 1.1). */
@NullMarked
package io.windlass.cni;

import org.jspecify.annotations.NullMarked;
