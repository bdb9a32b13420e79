package io.windlass.cni.netlink;

import io.windlass.shim.linux.Fd;

/**
 * A pair of virtual Ethernet links to be made: a port of a bridge here, and its peer in another namespace.
 *
 * @param name the name of the port
 * @param master the index of the bridge
 * @param peerNamespace the namespace's open file
 * @param peerName the peer's name in there
 * @param peerMac six bytes
 * @param mtu bytes, of both
 */
public record VethPair(String name, int master, Fd peerNamespace, String peerName, byte[] peerMac, int mtu) {}
