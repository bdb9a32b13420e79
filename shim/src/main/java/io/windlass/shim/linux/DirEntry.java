package io.windlass.shim.linux;

import java.nio.charset.StandardCharsets;

/**
 * One name in a directory. See readdir(3).
 *
 * @param bytes the name as it is on disk
 * @param type DT_*; 0 where the file system does not tell
 */
@SuppressWarnings("ArrayRecordComponent") // a name may be no UTF-8; entries are not compared
public record DirEntry(byte[] bytes, int type) {
    public static final int DT_UNKNOWN = 0;
    public static final int DT_FIFO = 1;
    public static final int DT_CHR = 2;
    public static final int DT_DIR = 4;
    public static final int DT_BLK = 6;
    public static final int DT_REG = 8;
    public static final int DT_LNK = 10;
    public static final int DT_SOCK = 12;

    /** Returns the name as UTF-8. */
    public String name() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public boolean isDirectory() {
        return type == DT_DIR;
    }
}
