package io.windlass.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of network configurations. Files are looked at in the order of their names; the first that is valid is the node's network.
 *
 * <p>
 * Every question compares names, sizes, inodes and times of the files with those last read, some microseconds, and reads again only what
 * that shows to be new: a change counts at the next use. A network that is in use stays so when its file becomes invalid, or when all files are.
 */
final class ConfigDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigDirectory.class);
    private static final long MAX_BYTES = 1 << 20;

    /** What the directory holds. */
    sealed interface Contents {
        /** The list to use. Each problem names a file that would have come first, were it valid. */
        record Network(NetworkConfigList list, List<String> problems) implements Contents {}

        /** There is no configuration file, and there was none before. */
        record Empty() implements Contents {}

        /** There was a network, and its file was removed. */
        record Removed(String network) implements Contents {}

        /** There are files, and none can be used; each problem names its file. */
        record Unusable(List<String> problems) implements Contents {}
    }

    private record Stamp(Path file, long size, FileTime modified, @Nullable Object key) {}

    private final Path directory;
    private List<Stamp> stamps = List.of();
    private Contents contents = new Contents.Empty();

    ConfigDirectory(Path directory) {
        this.directory = directory;
    }

    Path path() {
        return directory;
    }

    synchronized Contents contents() {
        List<Stamp> now;
        try {
            now = stamps();
        } catch (IOException e) {
            stamps = List.of();
            return new Contents.Unusable(List.of("directory " + directory + " cannot be read: " + e));
        }
        if (!now.equals(stamps)) {
            contents = read(now, contents);
            stamps = now;
            log(contents);
        }
        return contents;
    }

    private List<Stamp> stamps() throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(ConfigDirectory::isConfig).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (NotDirectoryException e) {
            throw new IOException("it is not a directory", e);
        }
        List<Stamp> found = new ArrayList<>(files.size());
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                if (attributes.isRegularFile()) {
                    found.add(new Stamp(file, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey()));
                }
            } catch (NoSuchFileException e) {
                continue; // removed since the listing
            }
        }
        return found;
    }

    private static boolean isConfig(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".conflist") || name.endsWith(".conf") || name.endsWith(".json");
    }

    private static Contents read(List<Stamp> files, Contents before) {
        NetworkConfigList used = before instanceof Contents.Network(NetworkConfigList list, List<String> old) ? list : null;
        List<String> problems = new ArrayList<>();
        for (Stamp stamp : files) {
            try {
                if (stamp.size() > MAX_BYTES) {
                    throw new ConfigException("it is larger than " + MAX_BYTES + " bytes");
                }
                return new Contents.Network(ConfigParser.parse(stamp.file().toString(), Files.readAllBytes(stamp.file())), problems);
            } catch (ConfigException e) {
                problems.add(stamp.file() + ": " + e.getMessage());
            } catch (IOException e) {
                problems.add(stamp.file() + " cannot be read: " + e);
            }
            if (used != null && used.source().equals(stamp.file().toString())) {
                return new Contents.Network(used, problems);
            }
        }
        if (used != null) {
            return problems.isEmpty() ? new Contents.Removed(used.name()) : new Contents.Network(used, problems);
        }
        return !problems.isEmpty() ? new Contents.Unusable(problems) : before instanceof Contents.Removed ? before : new Contents.Empty();
    }

    private void log(Contents now) {
        switch (now) {
            case Contents.Network(NetworkConfigList list, List<String> problems) when problems.isEmpty() ->
                LOG.info("event=network.configured network={} file={}", list.name(), list.source());
            case Contents.Network(NetworkConfigList list, List<String> problems) ->
                LOG.warn("event=network.configured network={} file={} error=\"{}\"", list.name(), list.source(),
                        String.join("; ", problems));
            case Contents.Unusable(List<String> problems) ->
                LOG.warn("event=network.unusable directory={} error=\"{}\"", directory, String.join("; ", problems));
            case Contents.Empty() -> LOG.info("event=network.unconfigured directory={}", directory);
            case Contents.Removed(String network) -> LOG.warn("event=network.removed directory={} network={}", directory, network);
        }
    }
}
