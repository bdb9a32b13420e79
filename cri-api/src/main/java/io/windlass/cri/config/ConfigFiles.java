package io.windlass.cri.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the configuration file and the drop-ins of conf.d beside it. */
public final class ConfigFiles {

    /** Where the file is when nobody says otherwise; it need not exist. */
    public static final Path DEFAULT = Path.of("/etc/windlass/config.toml");

    private static final Set<PosixFilePermission> LOOSE = Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private ConfigFiles() {}

    /**
     * The configuration of a file, which must exist unless it is the default one, and of its drop-ins in order of name.
     *
     * @throws ConfigException for a file that cannot be read, that others than its owner may write, or that says what is not understood
     */
    public static Config load(Path file) {
        Values values = Values.NONE;
        if (Files.exists(file) || !file.equals(DEFAULT)) {
            values = read(file);
        }
        for (Path dropIn : dropIns(file.toAbsolutePath().resolveSibling("conf.d"))) {
            values = values.overlaid(read(dropIn));
        }
        return Settings.build(values);
    }

    private static List<Path> dropIns(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        refuseLoose(directory);
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> path.toString().endsWith(".toml")).sorted().toList();
        } catch (IOException e) {
            throw new ConfigException("cannot list " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Values read(Path file) {
        refuseLoose(file);
        try {
            return ConfigText.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What others can write is not ours to obey as root. */
    private static void refuseLoose(Path path) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
            if (attributes.permissions().stream().anyMatch(LOOSE::contains)) {
                throw new ConfigException(path + " can be written by others than its owner: chmod go-w " + path);
            }
            String self = System.getProperty("user.name", "root");
            if (!attributes.owner().getName().equals("root") && !attributes.owner().getName().equals(self)) {
                throw new ConfigException(path + " belongs to " + attributes.owner().getName() + ": chown root " + path);
            }
        } catch (IOException e) {
            throw new ConfigException("cannot read " + path + (Files.exists(path) ? ": " + e.getMessage() : ": it does not exist"), e);
        }
    }
}
