package io.windlass.cri.stream;

import io.windlass.shim.linux.Fd;

/**
 * A connected, non-blocking TCP socket, as two descriptors so that each direction closes its own.
 *
 * @param input  what is written to the port goes here
 * @param output what the port sends comes from here
 */
public record Dialed(Fd input, Fd output) {}
