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

    /** Makes the directory with mode 0700, or gives an existing one that mode. */
    static void make(Path directory) throws IOException {
        Files.createDirectories(directory, MODE_0700);
        if (!Files.getPosixFilePermissions(directory).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
        }
    }

    /**
     * Makes the directory a file will be in. One that exists already keeps its mode, as it may be shared, but not when all the world may
     * write there.
     */
    static void parentOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " is not a file's path");
        }
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent, MODE_0700);
        } else if (Files.getPosixFilePermissions(parent).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    parent + " can be written by all: choose a directory for " + file.getFileName() + " that only root may write");
        }
    }
}
