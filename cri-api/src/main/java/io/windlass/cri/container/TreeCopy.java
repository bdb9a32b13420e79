package io.windlass.cri.container;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.linux.Xattr;
import java.io.IOException;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Copies a directory, descriptor by descriptor: no link is ever followed. Owners, modes, times and file capabilities are kept. */
final class TreeCopy {
    private static final int BUFFER = 64 * 1024;
    private static final int DIRECTORY = Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW;
    private static final String CAPABILITY = "security.capability";

    private TreeCopy() {}

    /** Copies what is in {@code from}, and its owner and mode, into the empty directory {@code to}. */
    static void copy(Fd from, Fd to) throws IOException {
        for (var entry : FileIo.getdents(from)) {
            var name = entry.bytes();
            if (!Arrays.equals(name, ".".getBytes(UTF_8)) && !Arrays.equals(name, "..".getBytes(UTF_8))) {
                copy(from, to, name, Syscall.statx(from, name, Fcntl.AT_SYMLINK_NOFOLLOW));
            }
        }
        var stat = Syscall.fstat(from);
        Syscall.fchownat(to, new byte[0], stat.uid(), stat.gid(), Fcntl.AT_EMPTY_PATH);
        FileIo.fchmod(to, stat.permissions());
    }

    private static void copy(Fd from, Fd to, byte[] name, Stat stat) throws IOException {
        switch (stat.type()) {
            case Stat.S_IFDIR -> {
                Syscall.mkdirat(to, name, 0700);
                try (var source = open(from, name, DIRECTORY, 0); var target = open(to, name, DIRECTORY, 0)) {
                    copy(source, target);
                }
            }
            case Stat.S_IFREG -> file(from, to, name, stat);
            case Stat.S_IFLNK -> {
                Syscall.symlinkat(Syscall.readlinkat(from, name), to, name);
                Syscall.fchownat(to, name, stat.uid(), stat.gid(), Fcntl.AT_SYMLINK_NOFOLLOW);
            }
            default -> {
                Syscall.mknodat(to, name, stat.mode(), stat.specialDevice());
                Syscall.fchownat(to, name, stat.uid(), stat.gid(), Fcntl.AT_SYMLINK_NOFOLLOW);
                Syscall.fchmodat(to, name, stat.permissions(), 0);
            }
        }
        Syscall.utimensat(to, name, Math.floorDiv(stat.modifyNanos(), 1_000_000_000L),
                (int) Math.floorMod(stat.modifyNanos(), 1_000_000_000L), Fcntl.AT_SYMLINK_NOFOLLOW);
    }

    private static void file(Fd from, Fd to, byte[] name, Stat stat) throws IOException {
        try (var source = open(from, name, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, 0);
                var target = open(to, name, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW, 0600)) {
            var buffer = new byte[BUFFER];
            for (int n = source.read(buffer, BUFFER); n > 0; n = source.read(buffer, BUFFER)) {
                target.writeFully(n == BUFFER ? buffer : Arrays.copyOf(buffer, n));
            }
            Syscall.fchownat(target, new byte[0], stat.uid(), stat.gid(), Fcntl.AT_EMPTY_PATH);
            FileIo.fchmod(target, stat.permissions()); // after the owner, whose change takes set-id bits away
            var capability = Xattr.fget(source, CAPABILITY);
            if (capability.isPresent()) {
                Xattr.fset(target, CAPABILITY, capability.get());
            }
        }
    }

    private static Fd open(Fd dir, byte[] name, int flags, int mode) throws IOException {
        return Syscall.openat2(dir, name, flags, mode, Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS);
    }
}
