package io.windlass.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The networks that a cluster gave the node's pods, kept in a file: a kubelet tells them once, not at every start of the daemon. */
public final class PodCidrs {
    private static final Logger LOG = LoggerFactory.getLogger(PodCidrs.class);

    private final Path file;
    private volatile List<Cidr> networks;

    /** @param root a directory for records, made when needed */
    public PodCidrs(Path root) throws IOException {
        file = root.resolve("pod-cidrs");
        networks = read(file);
    }

    private static List<Cidr> read(Path file) throws IOException {
        try {
            return parse(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            LOG.warn("event=pod-cidrs.damaged file={} error=\"{}\"", file, e.getMessage());
            return List.of();
        }
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
        return networks.stream().map(Cidr::toString).collect(Collectors.joining(","));
    }

    /** Keeps the networks. */
    public synchronized void keep(List<Cidr> others) throws IOException {
        if (!others.equals(networks)) {
            networks = List.copyOf(others);
            DurableFile.makeDirectory(Objects.requireNonNull(file.getParent()));
            DurableFile.write(file, text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
