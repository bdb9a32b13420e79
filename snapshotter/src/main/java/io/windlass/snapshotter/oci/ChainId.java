package io.windlass.snapshotter.oci;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The name of a stack of layers: the diffID of a single layer, and for more the SHA-256 of {@code "chainID(below) diffID"}. See the OCI image
 * specification, config.md, "Layer ChainID".
 *
 * @param digest the chain's digest
 */
public record ChainId(Digest digest) {
    /** The stack without any layer, which the specification leaves unnamed: the digest of nothing. */
    public static final ChainId EMPTY = new ChainId(Digest.sha256(new byte[0]));

    /** Returns the chain that {@code diffId} makes on top of this one. */
    public ChainId push(Digest diffId) {
        return equals(EMPTY)
                ? new ChainId(diffId)
                : new ChainId(Digest.sha256((digest + " " + diffId).getBytes(StandardCharsets.US_ASCII)));
    }

    /** Returns the chain of every prefix of {@code diffIds}, the lowest layer first: as many as there are layers. */
    public static List<ChainId> all(List<Digest> diffIds) {
        List<ChainId> chains = new ArrayList<>(diffIds.size());
        ChainId top = EMPTY;
        for (Digest diffId : diffIds) {
            top = top.push(diffId);
            chains.add(top);
        }
        return chains;
    }

    /** Returns the chain of all of {@code diffIds}; {@link #EMPTY} for none. */
    public static ChainId of(List<Digest> diffIds) {
        return diffIds.isEmpty() ? EMPTY : all(diffIds).getLast();
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
