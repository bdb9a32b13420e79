package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.RootDir;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives directories that a layer made without naming them the owner, mode and time that the layers below have: in an overlay the uppermost directory's
 * attributes are those that count. Done when all layers are unpacked, because they are unpacked side by side.
 */
public final class ImpliedDirectories {
    private ImpliedDirectories() {}

    /**
     * Copies the attributes.
     *
     * @param layer the directory of the layer
     * @param implied its implied directories
     * @param below the directories of the layers below, the top first
     */
    public static void settle(Path layer, Set<String> implied, List<Path> below) throws ImageException {
        if (implied.isEmpty() || below.isEmpty()) {
            return;
        }
        try (Fd root = Syscall.open(layer.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            for (String path : implied.stream().sorted(java.util.Comparator.reverseOrder()).toList()) {
                Optional<Stat> attributes = find(new String(EntryPath.bytes(path), StandardCharsets.UTF_8), below);
                if (attributes.isPresent()) {
                    try (Fd dir = Syscall.openat2(root, EntryPath.bytes(path), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0,
                            Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS)) {
                        Attributes.copy(attributes.get(), dir);
                    }
                }
            }
        } catch (IOException e) {
            throw ImageException.of("cannot finish the layer in " + layer, e);
        }
    }

    private static Optional<Stat> find(String path, List<Path> below) throws IOException {
        for (Path lower : below) {
            try (RootDir root = RootDir.open(lower)) {
                Optional<Stat> stat = root.stat(path).filter(Stat::isDirectory);
                if (stat.isPresent()) {
                    return stat;
                }
            }
        }
        return Optional.empty();
    }
}
