package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a network list into the configuration directory that is made of a template and the pods' networks.
 *
 * <p>
 * Only where there is no other: what an operator or a network add-on put there is theirs. The list is written again when the networks change.
 */
final class TemplatedConfig {
    private static final Logger LOG = LoggerFactory.getLogger(TemplatedConfig.class);
    private static final String NAME = "10-windlass-net.conflist";

    private final Path template;
    private final ConfigDirectory directory;

    TemplatedConfig(Path template, ConfigDirectory directory) {
        this.template = template;
        this.directory = directory;
    }

    Path template() {
        return template;
    }

    /** @throws NetworkException of kind NOT_READY where the template cannot be used */
    void render(List<Cidr> networks) throws NetworkException {
        Path file = directory.path().resolve(NAME);
        if (directory.contents() instanceof ConfigDirectory.Contents.Network(NetworkConfigList list, List<String> problems)
                && !list.source().equals(file.toString())) {
            LOG.info("event=template.unused template={} network={} reason=\"{} is there\"", template, list.name(), list.source());
            return;
        }
        try {
            byte[] bytes = NetworkTemplate.render(Files.readString(template), networks).getBytes(StandardCharsets.UTF_8);
            NetworkConfigList list = ConfigParser.parse(template.toString(), bytes);
            if (!Files.isRegularFile(file) || !java.util.Arrays.equals(Files.readAllBytes(file), bytes)) {
                Files.createDirectories(directory.path());
                DurableFile.write(file, bytes);
                LOG.info("event=template.rendered file={} network={} pod_cidrs={}", file, list.name(), networks);
            }
        } catch (IOException | ConfigException e) {
            throw new NetworkException(Kind.NOT_READY, "network template " + template + " cannot be used: " + e.getMessage(), e);
        }
    }
}
