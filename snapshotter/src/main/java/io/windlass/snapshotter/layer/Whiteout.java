package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.linux.Xattr;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a layer takes away from those below it, in overlayfs's terms: {@code .wh.NAME} becomes a character device 0:0 called NAME, {@code .wh..wh..opq}
 * the attribute {@code trusted.overlay.opaque}. Other names that begin with {@code .wh..wh.} are leftovers of aufs and mean nothing. See the OCI image
 * specification, layer.md, "Whiteouts", and the kernel's overlayfs.rst.
 */
final class Whiteout {
    static final String PREFIX = ".wh.";
    private static final String META = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final byte[] YES = {'y'};

    private Whiteout() {}

    /** Makes what the marker {@code base} in {@code parent} says. A thing of the same layer stays; as a directory it hides what is below. */
    static void apply(Fd parent, String base) throws IOException {
        if (base.equals(OPAQUE)) {
            opaque(parent);
            return;
        }
        if (base.startsWith(META)) {
            return;
        }
        String hidden = base.substring(PREFIX.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer has the whiteout \"" + base + "\", which hides nothing");
        }
        byte[] name = hidden.getBytes(StandardCharsets.ISO_8859_1);
        try {
            Syscall.mknodat(parent, name, Stat.S_IFCHR, 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            if (Syscall.statx(parent, name, Fcntl.AT_SYMLINK_NOFOLLOW).isDirectory()) {
                try (Fd dir = open(parent, name)) {
                    opaque(dir);
                }
            }
        }
    }

    private static Fd open(Fd parent, byte[] name) throws IOException {
        return Syscall.openat2(parent, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0, Fcntl.RESOLVE_BENEATH);
    }

    /** Makes {@code directory} hide everything of the same name in the layers below. */
    static void opaque(Fd directory) throws IOException {
        Xattr.fset(directory, "trusted.overlay.opaque", YES);
    }
}
