package io.windlass.cri.cli;

import io.windlass.snapshotter.image.ImageOptions;
import io.windlass.snapshotter.image.LocalImages;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.snapshot.OverlaySnapshotter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image without a registry: the machine's own static busybox, and a page for its web server. */
final class BusyboxImage {

    static final String NAME = "localhost/busybox:demo";

    private static final List<Path> PROGRAMS = List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));
    private static final List<String> APPLETS = List.of("sh", "cat", "echo", "env", "free", "hostname", "httpd", "id", "ip", "ls", "mount",
            "ps", "sleep", "top", "wget");
    private static final int DIRECTORY = 040755;
    private static final int PROGRAM = 0100755;
    private static final int FILE = 0100644;

    private BusyboxImage() {}

    /**
     * Puts the image into a root directory that no daemon serves yet.
     *
     * @throws IOException when there is no static busybox
     */
    static void importInto(Path root) throws IOException {
        var config = ImageConfig.local(List.of("PATH=/bin"), List.of("httpd", "-f", "-v", "-p", "80", "-h", "/www"));
        var snapshots = OverlaySnapshotter.open(root.resolve("snapshots"));
        try (LocalImages images = LocalImages.open(root, snapshots, ImageOptions.defaults())) {
            images.importLayer(Reference.parse(NAME), new ByteArrayInputStream(layer()), config);
        }
    }

    private static byte[] layer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
            for (String directory : List.of("bin/", "etc/", "tmp/", "www/")) {
                put(tar, directory, DIRECTORY, new byte[0]);
            }
            put(tar, "bin/busybox", PROGRAM, busybox());
            for (String applet : APPLETS) {
                TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_LINK);
                link.setLinkName("bin/busybox");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            put(tar, "etc/passwd", FILE, "root:x:0:0:root:/:/bin/sh\n".getBytes(StandardCharsets.UTF_8));
            put(tar, "etc/group", FILE, "root:x:0:\n".getBytes(StandardCharsets.UTF_8));
            put(tar, "www/index.html", FILE, "a pod of Windlass says hello\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] busybox() throws IOException {
        for (Path program : PROGRAMS) {
            if (Files.isExecutable(program)) {
                byte[] content = Files.readAllBytes(program);
                if (new String(content, StandardCharsets.ISO_8859_1).contains("/ld-linux")) {
                    throw new IOException(program + " is not static: apt-get install busybox-static");
                }
                return content;
            }
        }
        throw new IOException("no busybox to make an image of: apt-get install busybox-static");
    }
}
