package io.windlass.cri.stats;

import io.windlass.shim.linux.StatFs;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file system that containers write to.
 *
 * @param device its name, as mounted
 */
record LayerDisk(String device, StatFs statfs) {
    static LayerDisk of(Path directory) throws IOException {
        return new LayerDisk(Files.getFileStore(directory).name(), Syscall.statfs(directory.toString()));
    }

    /** Adds the metrics of the file system, and of what one container wrote. */
    void add(MetricList list, Optional<Layers.Layer> layer) {
        list.add(Family.FS_INODES_TOTAL, statfs.files(), device).add(Family.FS_INODES_FREE, statfs.filesFree(), device)
                .add(Family.FS_LIMIT_BYTES, statfs.blocks() * statfs.blockSize(), device);
        layer.ifPresent(known -> list.add(Family.FS_USAGE_BYTES, known.usage().bytes(), device));
    }
}
