package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;

/** Ids in requests. */
final class ContainerIds {

    private ContainerIds() {}

    /** The id, which must be there. */
    static String required(String id, String field) {
        if (id.isEmpty()) {
            throw CriException.invalidArgument("no " + field + ": it is required");
        }
        return id;
    }
}
