/** The documents of an OCI image as validated values: digest, reference, platform, descriptor, manifest, index and configuration. */
@NullMarked
package io.windlass.snapshotter.oci;

import org.jspecify.annotations.NullMarked;
