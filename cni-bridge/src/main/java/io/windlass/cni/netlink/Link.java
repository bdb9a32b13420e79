package io.windlass.cni.netlink;

/**
 * A network interface of one namespace.
 *
 * @param index its number
 * @param up whether it is administratively up
 * @param operational whether it passes packets (RFC 2863)
 * @param master the index of the bridge that it is a port of, or 0
 * @param mac the hardware address, {@code 02:57:0a:58:00:05}, or empty
 * @param mtu bytes
 */
public record Link(int index, String name, boolean up, boolean operational, int master, String mac, int mtu) {}
