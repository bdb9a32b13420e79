package io.windlass.cri.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that only the daemon's own user may enter. */
final class PrivateDirectory {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> MODE_0700 = PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private PrivateDirectory() {}

    /**
     * Makes the directory with mode 0700, or gives an existing one that mode.
     *
     * @throws IOException where it is another user's, who could give it any other
     */
    static void make(Path directory) throws IOException {
        Files.createDirectories(directory, MODE_0700);
        requireOurs(directory);
        if (!Files.getPosixFilePermissions(directory).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
        }
    }

    /**
     * Makes the directory a file will be in. One that exists already keeps its mode, as it may be shared.
     *
     * @throws IOException where others than its owner may write there, or that is another user
     */
    static void parentOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " is not a file's path");
        }
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent, MODE_0700);
        }
        requireOurs(parent);
        var permissions = Files.getPosixFilePermissions(parent);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE) || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(parent + " can be written by others than its owner: choose a directory for " + file.getFileName()
                    + " that only root may write, or chmod go-w it");
        }
    }

    private static void requireOurs(Path directory) throws IOException {
        int owner = owner(directory);
        if (owner != 0 && owner != owner(Path.of("/proc/self"))) {
            throw new IOException(directory + " belongs to user " + owner + ": choose another directory, or chown it to root");
        }
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }
}
