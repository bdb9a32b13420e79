package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes, by path (the last link is not followed) or by descriptor. In a hostile tree, open the file's directory and reach the
 * file as {@code dir.procPath() + "/" + name}, which follows no link inside the tree. See xattr(7).
 */
public final class Xattr {
    private static final int MAX_VALUE = 65_536;

    private Xattr() {}

    /** fsetxattr(2); EBADF for an O_PATH descriptor. */
    public static void fset(Fd fd, String name, byte[] value) throws IOException {
        byte[] n = CString.of("fsetxattr", name);
        if (Libc.fsetxattr(fd.number(), n, value, value.length, 0) < 0) {
            throw new ErrnoException("fsetxattr " + name + " " + fd, Libc.errno());
        }
    }

    /** lsetxattr(2). */
    public static void lset(String path, String name, byte[] value) throws IOException {
        lset(path.getBytes(StandardCharsets.UTF_8), name, value);
    }

    /** As {@link #lset(String, String, byte[])}, for a path that may be no UTF-8. */
    public static void lset(byte[] path, String name, byte[] value) throws IOException {
        byte[] n = CString.of("lsetxattr", name);
        if (Libc.lsetxattr(CString.of("lsetxattr", path), n, value, value.length, 0) < 0) {
            throw new ErrnoException("lsetxattr " + name + " " + new String(path, StandardCharsets.UTF_8), Libc.errno());
        }
    }

    /** lgetxattr(2): empty where the file has no such attribute. */
    public static Optional<byte[]> lget(String path, String name) throws IOException {
        byte[] p = CString.of("lgetxattr", path);
        byte[] n = CString.of("lgetxattr", name);
        byte[] value = new byte[256];
        long length = Libc.lgetxattr(p, n, value, value.length);
        if (length < 0 && Libc.errno() == Errno.ERANGE) {
            value = new byte[MAX_VALUE];
            length = Libc.lgetxattr(p, n, value, value.length);
        }
        return value(value, length, "lgetxattr " + name + " " + path);
    }

    /** fgetxattr(2): empty where the file has no such attribute; EBADF for an O_PATH descriptor. */
    public static Optional<byte[]> fget(Fd fd, String name) throws IOException {
        byte[] n = CString.of("fgetxattr", name);
        byte[] value = new byte[256];
        long length = Libc.fgetxattr(fd.number(), n, value, value.length);
        if (length < 0 && Libc.errno() == Errno.ERANGE) {
            value = new byte[MAX_VALUE];
            length = Libc.fgetxattr(fd.number(), n, value, value.length);
        }
        return value(value, length, "fgetxattr " + name + " " + fd);
    }

    /** llistxattr(2): the names of all attributes. */
    public static List<String> llist(String path) throws IOException {
        byte[] list = new byte[MAX_VALUE];
        long length = Libc.llistxattr(CString.of("llistxattr", path), list, list.length);
        if (length < 0) {
            throw new ErrnoException("llistxattr " + path, Libc.errno());
        }
        return names(list, (int) length);
    }

    /** flistxattr(2). */
    public static List<String> flist(Fd fd) throws IOException {
        byte[] list = new byte[MAX_VALUE];
        long length = Libc.flistxattr(fd.number(), list, list.length);
        if (length < 0) {
            throw new ErrnoException("flistxattr " + fd, Libc.errno());
        }
        return names(list, (int) length);
    }

    /** lremovexattr(2); ENODATA where there is none. */
    public static void lremove(String path, String name) throws IOException {
        if (Libc.lremovexattr(CString.of("lremovexattr", path), CString.of("lremovexattr", name)) < 0) {
            throw new ErrnoException("lremovexattr " + name + " " + path, Libc.errno());
        }
    }

    private static Optional<byte[]> value(byte[] value, long length, String call) throws ErrnoException {
        if (length >= 0) {
            return Optional.of(Arrays.copyOf(value, (int) length));
        }
        int errno = Libc.errno();
        if (errno == Errno.ENODATA || errno == Errno.EOPNOTSUPP) {
            return Optional.empty();
        }
        throw new ErrnoException(call, errno);
    }

    private static List<String> names(byte[] list, int length) {
        List<String> names = new ArrayList<>();
        for (int at = 0; at < length;) {
            String name = CString.toString(list, at);
            names.add(name);
            at += name.getBytes(StandardCharsets.UTF_8).length + 1;
        }
        return names;
    }
}
