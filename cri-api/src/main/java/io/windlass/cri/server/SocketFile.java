package io.windlass.cri.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file of the CRI socket. It is bound under a name that nobody looks for, made 0600, and then renamed over what an earlier daemon left,
 * so that clients see either a socket that is served, with its final mode, or none.
 */
public final class SocketFile {

    /** Bytes of sun_path in sockaddr_un without the closing nul; see unix(7). */
    private static final int LONGEST = 107;
    private static final String BOUND = ".new";

    private final Path path;

    private SocketFile(Path path) {
        this.path = path;
    }

    /**
     * Prepares the directory, and refuses a path that is not ours to replace.
     *
     * @throws IOException for a path that is too long, is something else than a socket, or is served by another process
     */
    public static SocketFile at(Path path) throws IOException {
        Path bind = path.resolveSibling(path.getFileName() + BOUND);
        if (bind.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IOException("socket path " + path + " is too long: at most " + (LONGEST - BOUND.length()) + " bytes");
        }
        PrivateDirectory.parentOf(path);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            refuseForeign(path);
        }
        Files.deleteIfExists(bind);
        return new SocketFile(path);
    }

    private static void refuseForeign(Path path) throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new IOException(path + " is in the way: it is not a socket, move it or set another socket path");
        }
        try (SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            peer.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return; // nobody listens: a leftover
        }
        throw new IOException(path + " is served by another process: stop it or set another socket path");
    }

    /** Where to bind. */
    Path bindPath() {
        return path.resolveSibling(path.getFileName() + BOUND);
    }

    /** Lets clients find the bound socket. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(bindPath(), PosixFilePermissions.fromString("rw-------"));
        Files.move(bindPath(), path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the socket's names. */
    void remove() {
        try {
            Files.deleteIfExists(bindPath());
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // the next daemon replaces it
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
