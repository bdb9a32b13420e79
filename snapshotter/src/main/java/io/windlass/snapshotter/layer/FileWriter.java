package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.snapshotter.layer.TarEntry.Piece;
import io.windlass.snapshotter.layer.TarEntry.Sparse;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Copies the data of entries into files, 256 KiB at a time. */
final class FileWriter {
    private final TarReader tar;
    private final TarInput in;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);

    FileWriter(TarReader tar, TarInput in) {
        this.tar = tar;
        this.in = in;
    }

    /** Writes the current entry's data to the empty file {@code file}. */
    void write(Fd file, TarEntry entry) throws IOException {
        Sparse sparse = entry.sparse();
        if (sparse == null) {
            copy(file, entry.size());
            return;
        }
        for (Piece piece : sparse.pieces()) {
            FileIo.lseek(file, piece.offset());
            copy(file, piece.length());
        }
        FileIo.ftruncate(file, sparse.length());
    }

    private void copy(Fd file, long length) throws IOException {
        long left = length;
        while (left > 0) {
            buffer.clear();
            while (left > 0 && buffer.hasRemaining()) {
                left -= in.read(buffer, left);
            }
            tar.consumed(buffer.position());
            file.writeFully(buffer.flip());
        }
    }
}
