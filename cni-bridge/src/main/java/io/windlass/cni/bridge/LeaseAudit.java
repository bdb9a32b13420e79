package io.windlass.cni.bridge;

import io.windlass.cni.AttachmentAudit;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the leases of the built-in network say, read without changing anything. */
public final class LeaseAudit {
    /**
     * The lease of one address.
     *
     * @param sandboxId whose it is; empty where that cannot be read
     * @param damage why it cannot be read; empty where it can
     */
    public record Found(Path file, String sandboxId, String damage) {}

    private LeaseAudit() {}

    /** @param records the directory of the network's records */
    public static List<Found> read(Path records) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path bridge : AttachmentAudit.list(records.resolve(LeaseFiles.DIRECTORY))) {
            for (Path file : AttachmentAudit.list(bridge)) {
                try {
                    found.add(new Found(file, LeaseFiles.read(file).sandboxId(), ""));
                } catch (NoSuchFileException e) {
                    continue; // given back since the listing
                } catch (IllegalArgumentException e) {
                    found.add(new Found(file, "", String.valueOf(e.getMessage())));
                }
            }
        }
        return found;
    }
}
