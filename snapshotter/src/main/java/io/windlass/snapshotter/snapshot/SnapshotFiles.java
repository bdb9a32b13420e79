package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.content.DurableFile;
import io.windlass.snapshotter.layer.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The one class that knows where a snapshot's files are: {@code <n>/fs}, {@code <n>/work} and a record, and {@code empty} for images without layers. */
final class SnapshotFiles {
    static final String EMPTY = "empty";

    private final Path base;

    SnapshotFiles(Path base) throws IOException {
        this.base = base;
        Files.createDirectories(base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path empty = base.resolve(EMPTY);
        if (!Files.isDirectory(empty)) {
            Files.createDirectory(empty);
            chmod(empty, 0755);
        }
    }

    Path base() {
        return base;
    }

    /** Returns the numbers of all directories, with a record or not. */
    List<Long> numbers() throws IOException {
        List<Long> out = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(base)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.length() < 19 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    out.add(Long.parseLong(name));
                }
            }
        }
        return out;
    }

    Path directory(long number) {
        return base.resolve(Long.toString(number));
    }

    /** Returns the layer's or upper directory, relative to the base. */
    static String fs(long number) {
        return number + "/fs";
    }

    static String work(long number) {
        return number + "/work";
    }

    Path fsPath(long number) {
        return base.resolve(fs(number));
    }

    /** Makes an empty layer directory. */
    void makeLayer(long number) throws IOException {
        Files.createDirectory(directory(number));
        Files.createDirectory(fsPath(number));
        chmod(fsPath(number), 0755);
    }

    /** Makes an upper and a work directory; the upper gets the owner and mode of {@code lower}, because it is what the container sees as its root. */
    void makeActive(long number, Path lower, byte[] record) throws IOException {
        try (Fd dir = Syscall.open(base.toString(), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
            Stat root = Syscall.statx(Fd.CWD, lower.toString(), Fcntl.AT_SYMLINK_NOFOLLOW);
            Syscall.mkdirat(dir, Long.toString(number), 0700);
            Syscall.mkdirat(dir, fs(number), 0700);
            Syscall.fchownat(dir, fs(number), root.uid(), root.gid(), Fcntl.AT_SYMLINK_NOFOLLOW);
            Syscall.fchmodat(dir, fs(number), root.permissions(), 0);
            Syscall.mkdirat(dir, work(number), 0700);
        }
        Path temporary = directory(number).resolve(SnapshotRecord.Active.FILE + DurableFile.TEMPORARY);
        Files.write(temporary, record);
        Files.move(temporary, directory(number).resolve(SnapshotRecord.Active.FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes everything written so far durable. See syncfs(2). */
    void sync() throws IOException {
        try (Fd dir = Syscall.open(base.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            FileIo.syncfs(dir);
        }
    }

    /** Removes a snapshot with its record, the record first, so that what is left of a removal cut short is known as rubbish. */
    void remove(long number) throws IOException {
        Path directory = directory(number);
        Files.deleteIfExists(directory.resolve(SnapshotRecord.Active.FILE));
        Files.deleteIfExists(directory.resolve(SnapshotRecord.Committed.FILE));
        try (Fd dir = Syscall.open(base.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            Tree.remove(dir, Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void chmod(Path path, int mode) throws IOException {
        Syscall.fchmodat(Fd.CWD, path.toString(), mode, 0);
    }
}
