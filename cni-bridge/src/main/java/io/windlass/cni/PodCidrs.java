package io.windlass.cni;

import io.windlass.shim.linux.RecordSeal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks that a cluster gave the node's pods, kept in a file: a kubelet tells them once, not at every start of the daemon.
 *
 * <p>
 * The file's first line is the checksum of the second, which holds the networks: of a file that was cut short it is what is left. A file
 * that came to harm is set aside as {@code pod-cidrs.corrupt}; a kubelet that is started again tells the networks again.
 */
public final class PodCidrs {
    private static final Logger LOG = LoggerFactory.getLogger(PodCidrs.class);

    private static final String NAME = "pod-cidrs";
    private static final String SUM = "sum ";

    private final Path file;
    private volatile List<Cidr> networks;

    /** @param root a directory for records, made when needed */
    public PodCidrs(Path root) throws IOException {
        file = root.resolve(NAME);
        networks = read(file);
    }

    private static List<Cidr> read(Path file) throws IOException {
        try {
            return decode(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            Path aside = file.resolveSibling(NAME + AttachmentAudit.CORRUPT);
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            LOG.error("event=pod-cidrs.quarantined file={} error=\"{}\" remedy=\"restart the kubelet, which tells them again\"", aside,
                    e.getMessage());
            return List.of();
        }
    }

    /**
     * Returns why the file cannot be read, and changes nothing; empty where it can, or where there is none.
     *
     * @param root as of the constructor, which sets such a file aside
     */
    public static Optional<String> damage(Path root) throws IOException {
        try {
            decode(Files.readAllBytes(root.resolve(NAME)));
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Every byte is a character here: one that is none of a network's is refused as such. Files of earlier daemons have no checksum. */
    private static List<Cidr> decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String line = text;
        if (text.startsWith(SUM)) {
            line = text.substring(text.indexOf('\n') + 1);
            if (!text.equals(encode(line))) {
                throw new IllegalArgumentException("its checksum is another one");
            }
        }
        List<Cidr> networks = parse(line.strip());
        if (!text(networks).equals(line.strip())) {
            throw new IllegalArgumentException("\"" + line.strip() + "\" is not what is written for " + text(networks));
        }
        return networks;
    }

    private static String encode(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return SUM + RecordSeal.sum(bytes, bytes.length) + "\n" + line;
    }

    /**
     * Parses one network, or one of IPv4 and one of IPv6 with a comma between.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static List<Cidr> parse(String text) {
        List<Cidr> networks = Arrays.stream(text.split(",", -1)).map(String::strip).map(Cidr::parse).map(Cidr::network).toList();
        if (networks.size() > 2 || networks.size() == 2 && networks.get(0).isIpv4() == networks.get(1).isIpv4()) {
            throw new IllegalArgumentException("\"" + text + "\" must be one network, or one of IPv4 and one of IPv6");
        }
        return networks;
    }

    /** Returns what the cluster said last; empty before it said anything. */
    public List<Cidr> networks() {
        return networks;
    }

    /** Returns the networks with commas between. */
    public String text() {
        return text(networks);
    }

    private static String text(List<Cidr> networks) {
        return networks.stream().map(Cidr::toString).collect(Collectors.joining(","));
    }

    /** Keeps the networks; those that could not be written are not kept, and may be told again. */
    public synchronized void keep(List<Cidr> others) throws IOException {
        if (!others.equals(networks)) {
            DurableFile.makeDirectory(Objects.requireNonNull(file.getParent()));
            DurableFile.write(file, encode(text(others) + "\n").getBytes(StandardCharsets.ISO_8859_1));
            networks = List.copyOf(others);
        }
    }
}
