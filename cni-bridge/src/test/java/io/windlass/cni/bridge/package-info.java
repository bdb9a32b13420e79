@NullMarked
package io.windlass.cni.bridge;

import org.jspecify.annotations.NullMarked;
