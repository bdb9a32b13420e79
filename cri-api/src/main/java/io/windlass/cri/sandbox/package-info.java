/** Sandboxes: the namespaces, network and files that the containers of a pod share. One class a call. */
@NullMarked
package io.windlass.cri.sandbox;

import org.jspecify.annotations.NullMarked;
