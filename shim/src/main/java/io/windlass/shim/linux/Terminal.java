package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Pseudoterminals. See pty(7), ioctl_tty(2). */
public final class Terminal {
    private static final long TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTPEER = 0x5441;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGWINSZ = 0x5413;

    private Terminal() {}

    /** The size of a terminal in characters. */
    public record Size(int columns, int rows) {}

    /** Opens a new pseudoterminal's master by a ptmx device, for example {@code /dev/pts/ptmx}, and unlocks it. */
    public static Fd openMaster(Fd dir, String ptmx) throws IOException {
        Fd master = Syscall.openat(dir, ptmx, Fcntl.O_RDWR | Fcntl.O_NOCTTY, 0);
        if (Libc.ioctl(master.number(), TIOCSPTLCK, new byte[4]) < 0) {
            int errno = Libc.errno();
            master.close();
            throw new ErrnoException("ioctl TIOCSPTLCK " + ptmx, errno);
        }
        return master;
    }

    /** Opens the other side of a master without a path, so that nothing can be put in its place. */
    public static Fd openPeer(Fd master) throws IOException {
        int fd = Libc.ioctl(master.number(), TIOCGPTPEER, (long) (Fcntl.O_RDWR | Fcntl.O_NOCTTY | Fcntl.O_CLOEXEC));
        if (fd < 0) {
            throw new ErrnoException("ioctl TIOCGPTPEER " + master, Libc.errno());
        }
        return Fd.adopt(fd);
    }

    /** Sets the size, of either side; the foreground processes get SIGWINCH. */
    public static void resize(Fd terminal, Size size) throws IOException {
        byte[] winsize = new byte[8];
        ByteBuffer.wrap(winsize).order(ByteOrder.nativeOrder()).putShort((short) size.rows()).putShort((short) size.columns());
        if (Libc.ioctl(terminal.number(), TIOCSWINSZ, winsize) < 0) {
            throw new ErrnoException("ioctl TIOCSWINSZ " + terminal, Libc.errno());
        }
    }

    /** Returns the size. */
    public static Size size(Fd terminal) throws IOException {
        byte[] winsize = new byte[8];
        if (Libc.ioctl(terminal.number(), TIOCGWINSZ, winsize) < 0) {
            throw new ErrnoException("ioctl TIOCGWINSZ " + terminal, Libc.errno());
        }
        ByteBuffer b = ByteBuffer.wrap(winsize).order(ByteOrder.nativeOrder());
        return new Size(b.getShort(2) & 0xffff, b.getShort(0) & 0xffff);
    }
}
