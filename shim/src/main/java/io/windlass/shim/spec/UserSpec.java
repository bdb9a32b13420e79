package io.windlass.shim.spec;

import java.util.List;

/**
 * Numeric identity of a process. Names have been resolved before.
 *
 * @param uid 0 to 2^31-1
 * @param gid 0 to 2^31-1
 * @param additionalGids supplementary groups; the primary gid is added by the shim if it is not among them
 * @param umask permission bits taken from new files, usually 022
 */
public record UserSpec(int uid, int gid, List<Integer> additionalGids, int umask) {
    public static final UserSpec ROOT = new UserSpec(0, 0, List.of(), 0022);

    public UserSpec {
        additionalGids = List.copyOf(additionalGids);
        requireId("uid", uid);
        requireId("gid", gid);
        additionalGids.forEach(group -> requireId("supplementary gid", group));
        if (umask < 0 || umask > 0777) {
            throw new IllegalArgumentException("umask " + Integer.toOctalString(umask) + " is not within 0 to 777");
        }
    }

    private static void requireId(String what, int id) {
        if (id < 0) {
            throw new IllegalArgumentException(what + " " + id + " is not within 0 to 2147483647");
        }
    }
}
