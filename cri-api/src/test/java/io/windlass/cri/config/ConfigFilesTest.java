package io.windlass.cri.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfigFilesTest {

    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("config.toml");
    }

    @Test
    void anEmptyFileGivesTheDefaults() throws IOException {
        write(file, "");
        assertThat(ConfigFiles.load(file)).isEqualTo(Config.defaults());
        assertThat(Config.defaults().cni().binDirs()).containsExactly(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"));
        assertThat(Config.defaults().cni().defaultSubnet()).as("a node is not ready before its network is there").isEmpty();
        assertThat(Config.defaults().registry().progressTimeoutSeconds()).as("as containerd has it").isEqualTo(300);
    }

    @Test
    void thePrintedDefaultsAreTheDefaults() throws IOException {
        write(file, DefaultText.render());
        assertThat(ConfigFiles.load(file)).isEqualTo(Config.defaults());
        assertThat(DefaultText.render()).contains("conf_dir", "bin_dirs", "default_subnet", "netns_dir", "config_path", "driver", "address",
                "level");
    }

    @Test
    void theSocketFollowsTheStateDirectory() throws IOException {
        write(file, "state = \"/run/other\"\n");
        assertThat(ConfigFiles.load(file).socket()).isEqualTo(Path.of("/run/other/windlass.sock"));
    }

    @Test
    void dropInsGoOverTheFileInOrderOfName() throws IOException {
        write(file, "root = \"/a\"\n[cni]\nbridge = \"one\"\n[log]\nlevel = \"debug\"\n");
        Path dropIns = Files.createDirectory(directory.resolve("conf.d"));
        write(dropIns.resolve("20-b.toml"), "[cni]\nbridge = \"three\"\n");
        write(dropIns.resolve("10-a.toml"), "cni.bridge = \"two\"\nroot = \"/b\"\n");
        write(dropIns.resolve("README"), "not read");
        Config config = ConfigFiles.load(file);
        assertThat(config.root()).isEqualTo(Path.of("/b"));
        assertThat(config.cni().bridge()).isEqualTo("three");
        assertThat(config.log().level()).isEqualTo(Config.Log.Level.DEBUG);
    }

    @Test
    void aListOfPathsMayBeOnePath() throws IOException {
        write(file, "[cni]\nbin_dirs = \"/plugins\"\n");
        assertThat(ConfigFiles.load(file).cni().binDirs()).isEqualTo(List.of(Path.of("/plugins")));
    }

    @Test
    void handlersAreNames() throws IOException {
        write(file, "runtime_handlers = [\"runc\", \"runc-2\"]\n");
        assertThat(ConfigFiles.load(file).runtimeHandlers()).containsExactlyInAnyOrder("runc", "runc-2");
        assertThat(Config.defaults().runtimeHandlers()).isEmpty();
    }

    @Test
    void pinnedImagesAreNamedAsTheyArePulled() throws IOException {
        String digest = "@sha256:" + "a".repeat(64);
        write(file, "[registry]\npinned_images = [\"busybox\", \"r.test/a:1\", \"r.test/a:1" + digest + "\"]\n");
        assertThat(ConfigFiles.load(file).registry().pinnedImages()).extracting(Object::toString)
                .containsExactly("docker.io/library/busybox:latest", "r.test/a:1", "r.test/a" + digest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"10.0.0.0/16|10.0.0.0/16", "fd00:1::/64|fd00:1::/64",
            "10.0.1.0/16, fd00:1::9/64|10.0.0.0/16,fd00:1::/64", "''|''"})
    void subnetsMayBeOfBothFamiliesOrNone(String text, String subnets) throws IOException {
        write(file, "[cni]\ndefault_subnet = \"" + text + "\"\n");
        assertThat(ConfigFiles.load(file).cni().defaultSubnet()).isEqualTo(subnets);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"rooot = \"/a\"|:1: unknown key rooot", "[cni]\\nconf_dirs = \"/a\"|:2: unknown key cni.conf_dirs",
            "[cnii]\\nx = 1|:1: unknown key cnii", "root = 3|:1: root: want a string", "root = \"var/lib\"|root: want an absolute path",
            "[log]\\nlevel = \"loud\"|:2: log.level: want one of debug, info, warn, error", "cni = 1|cni is a table",
            "[container]\\npids_limit = -1|:2: container.pids_limit: want a whole number from 0",
            "[cni]\\ndefault_subnet = \"10.0.0.1\"|IPv4 network",
            "[cni]\\ndefault_subnet = \"10.0.0.0/31\"|IPv4 network", "[cni]\\ndefault_subnet = \"10.0.0.0/24,10.1.0.0/24\"|IPv4 network",
            "[cni]\\nconf_template = \"net.tpl\"|want an absolute path", "[cni]\\nbridge = \"much-too-long-name\"|interface name",
            "[cgroup]\\ndriver = \"systemd\"|:2: cgroup.driver: slices of systemd are not made: want cgroupfs here",
            "runtime_handlers = \"runc\"|:1: runtime_handlers: want a list of names",
            "runtime_handlers = [\"runc\", \"a/b\"]|:1: runtime_handlers: want names of lower-case letters",
            "[registry]\\npinned_images = [\"A\"]|:2: registry.pinned_images: want image references like registry.k8s.io/pause",
            "[registry]\\npinned_images = [3]|:2: registry.pinned_images: want a string", "root = |not TOML"})
    void whatIsNotUnderstoodIsRefusedByFileLineAndKey(String text, String message) throws IOException {
        write(file, text.replace("\\n", "\n") + "\n");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigFiles.load(file)).withMessageContaining(message)
                .withMessageStartingWith(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-"})
    void aFileThatOthersMayWriteIsRefused(String mode) throws IOException {
        write(file, "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigFiles.load(file))
                .withMessageContaining("chmod go-w " + file);
    }

    @Test
    void aNamedFileMustExist() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> ConfigFiles.load(file)).withMessageContaining("does not exist");
    }

    private static void write(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
