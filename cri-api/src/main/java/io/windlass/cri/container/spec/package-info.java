/** From a CRI request and an image's configuration to a container specification: pure, nothing here touches the system. */
@NullMarked
package io.windlass.cri.container.spec;

import org.jspecify.annotations.NullMarked;
