package io.windlass.cni;

import java.io.IOException;
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
 * The file is a {@link SummedText} of one line. One that came to harm is set aside as {@code pod-cidrs.corrupt}; a kubelet that is started
 * again tells the networks again.
 */
public final class PodCidrs {
    private static final Logger LOG = LoggerFactory.getLogger(PodCidrs.class);

    private static final String NAME = "pod-cidrs";

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

    /**
     * Deletes the file; one that is not there is fine.
     *
     * @param root as of the constructor
     */
    public static void delete(Path root) throws IOException {
        DurableFile.delete(root.resolve(NAME));
    }

    private static List<Cidr> decode(byte[] bytes) {
        String line = SummedText.decode(bytes).strip();
        List<Cidr> networks = parse(line);
        if (!text(networks).equals(line)) {
            throw new IllegalArgumentException("\"" + line + "\" is not what is written for " + text(networks));
        }
        return networks;
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
            DurableFile.write(file, SummedText.encode(text(others) + "\n"));
            networks = List.copyOf(others);
        }
    }
}
