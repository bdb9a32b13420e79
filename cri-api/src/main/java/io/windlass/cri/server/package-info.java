/** The daemon: one gRPC server on a unix socket, and the mapping of errors to codes. Its services only delegate. */
@NullMarked
package io.windlass.cri.server;

import org.jspecify.annotations.NullMarked;
