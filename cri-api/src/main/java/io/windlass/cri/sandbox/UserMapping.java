package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.IDMapping;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.shim.spec.UserNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The ids of a pod that has a user namespace of its own: 0 to {@code length - 1} inside are those from {@code hostUid} and {@code hostGid} on outside.
 */
public record UserMapping(long hostUid, long hostGid, long length) {
    private static final String FIELD = "namespace_options.userns_options";

    /**
     * Returns the mapping; empty in the node's user namespace.
     *
     * @throws CriException INVALID_ARGUMENT for a mode that is neither, or a mapping that is none
     */
    public static Optional<UserMapping> of(NamespaceOption options) {
        if (!options.hasUsernsOptions()) {
            return Optional.empty();
        }
        var user = options.getUsernsOptions();
        return switch (user.getMode()) {
            case NODE -> Optional.empty();
            case POD -> Optional.of(of(FIELD, user.getUidsList(), user.getGidsList()));
            case CONTAINER, TARGET, UNRECOGNIZED -> throw CriException.invalidArgument(FIELD + ".mode must be POD or NODE");
        };
    }

    /**
     * Returns one mapping of users and groups.
     *
     * @throws CriException INVALID_ARGUMENT for more than one, one that leaves root out, or one that reaches the node's own users
     */
    public static UserMapping of(String field, List<IDMapping> uids, List<IDMapping> gids) {
        var uid = one(field + ".uids", uids);
        var gid = one(field + ".gids", gids);
        if (uid.getLength() != gid.getLength()) {
            throw CriException.invalidArgument(field + ": uids and gids differ in length");
        }
        return new UserMapping(host(uid), host(gid), Integer.toUnsignedLong(uid.getLength()));
    }

    static void check(NamespaceOption options) {
        var mapping = of(options);
        var user = options.getUsernsOptions();
        if (mapping.isEmpty() && (user.getUidsCount() > 0 || user.getGidsCount() > 0)) {
            throw CriException.invalidArgument(FIELD + ": mode NODE has no mappings");
        }
        if (mapping.isPresent() && (options.getPid() == NamespaceMode.NODE || options.getIpc() == NamespaceMode.NODE)) {
            throw CriException
                    .invalidArgument(FIELD + ": a pod with a user namespace of its own cannot share the node's processes or IPC");
        }
    }

    UserNamespace at(Path pin) {
        return new UserNamespace(pin, hostUid, hostGid, length);
    }

    private static IDMapping one(String field, List<IDMapping> mappings) {
        if (mappings.size() != 1) {
            throw CriException.invalidArgument(field + " must hold exactly one mapping, not " + mappings.size());
        }
        var mapping = mappings.getFirst();
        if (mapping.getContainerId() != 0) {
            throw CriException.invalidArgument(field + ": the mapping must start at container_id 0");
        }
        long length = Integer.toUnsignedLong(mapping.getLength());
        if (length == 0 || host(mapping) == 0 || host(mapping) + length > 0xffffffffL) {
            throw CriException.invalidArgument(field + ": " + length + " ids from host_id " + host(mapping)
                    + " on are none, hold the node's root, or go beyond 32 bits");
        }
        return mapping;
    }

    private static long host(IDMapping mapping) {
        return Integer.toUnsignedLong(mapping.getHostId());
    }
}
