@NullMarked
package io.windlass.cni;

import org.jspecify.annotations.NullMarked;
