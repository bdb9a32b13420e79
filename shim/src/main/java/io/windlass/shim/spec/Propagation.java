package io.windlass.shim.spec;

/** How mounts travel between a bind mount and its source. See mount_namespaces(7); the names are those of the CRI. */
public enum Propagation {
    /** No mount travels either way. */
    PRIVATE(1 << 18),
    /** Mounts made under the source on the host appear in the container (MS_SLAVE). */
    HOST_TO_CONTAINER(1 << 19),
    /** Mounts travel both ways (MS_SHARED); the source must be on a shared mount. */
    BIDIRECTIONAL(1 << 20);

    private final long flag;

    Propagation(long flag) {
        this.flag = flag;
    }

    /** Returns the MS_* bit. */
    public long flag() {
        return flag;
    }
}
