package io.windlass.shim.spec;

import java.nio.file.Path;

/**
 * A user namespace that is joined: ids 0 to {@code length - 1} inside are those from {@code hostUid} and {@code hostGid} on outside. See
 * user_namespaces(7).
 *
 * @param path a pinned namespace file, or {@code /proc/PID/ns/user}; owns the other namespaces of the container
 * @param hostUid the user on the host that is root inside
 * @param hostGid its group
 * @param length how many ids there are
 */
public record UserNamespace(Path path, long hostUid, long hostGid, long length) {
    private static final long LAST_ID = 0xffffffffL;

    public UserNamespace {
        if (length < 1 || hostUid < 0 || hostGid < 0 || hostUid + length > LAST_ID || hostGid + length > LAST_ID) {
            throw new IllegalArgumentException("mapping of " + length + " ids from " + hostUid + ":" + hostGid + " is not within 32 bits");
        }
    }
}
