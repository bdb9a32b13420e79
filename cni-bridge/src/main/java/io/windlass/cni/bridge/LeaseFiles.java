package io.windlass.cni.bridge;

import io.windlass.cni.Addresses;
import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
import io.windlass.cni.SummedText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases on disk, a file an address, named by it: a {@link SummedText}. Its lines are the sandbox's id, the interface, the length of the
 * subnet's prefix, and a host port each ({@code tcp 80 8080 127.0.0.1}: protocol, pod's port, host's port, host's address or nothing).
 *
 * <p>
 * They outlive the daemon, not the machine: after a power cut all namespaces are gone, and with them the use of a lease, so a file is not
 * forced to disk. One that came to harm is deleted: that of a sandbox that still lives is made anew from the sandbox's own record.
 */
final class LeaseFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseFiles.class);

    /** Under the directory of the network's records, with a directory for each bridge. */
    static final String DIRECTORY = "leases";

    private final Path directory;

    LeaseFiles(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Writes the lease under each address; what was written is deleted again where one fails. */
    void write(Lease lease) throws IOException {
        StringBuilder text = new StringBuilder();
        for (PortMapping mapping : lease.portMappings()) {
            text.append(mapping.protocol().cniName()).append(' ').append(mapping.containerPort()).append(' ').append(mapping.hostPort())
                    .append(' ').append(mapping.hostIp()).append('\n');
        }
        try {
            for (Cidr address : lease.addresses()) {
                String lines = lease.sandboxId() + "\n" + lease.ifName() + "\n" + address.prefix() + "\n" + text;
                Files.write(file(address), SummedText.encode(lines), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
        } catch (IOException e) {
            delete(lease);
            throw e;
        }
    }

    void delete(Lease lease) throws IOException {
        for (Cidr address : lease.addresses()) {
            Files.deleteIfExists(file(address));
        }
    }

    /** Returns all leases, the oldest first. */
    List<Lease> list() throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.sorted(Comparator.comparing(f -> f.toFile().lastModified())).toList();
        }
        Map<String, Lease> leases = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                Lease read = read(file);
                leases.merge(read.key(), read, LeaseFiles::join);
            } catch (NoSuchFileException e) {
                continue; // given back since the listing
            } catch (IllegalArgumentException e) {
                LOG.warn("event=lease.damaged file={} error=\"{}\"", file, e.getMessage());
                Files.deleteIfExists(file);
            }
        }
        return List.copyOf(leases.values());
    }

    private static Lease join(Lease first, Lease second) {
        List<Cidr> addresses = new ArrayList<>(first.addresses());
        addresses.addAll(second.addresses());
        return new Lease(first.sandboxId(), first.ifName(), addresses, first.portMappings());
    }

    /** Returns the lines that say something. Leases of earlier daemons have no checksum, or have it at their end. */
    private static List<String> lines(String text) {
        int sum = text.lastIndexOf("sum ");
        if (sum >= 0) {
            String summed = text.substring(sum) + text.substring(0, sum);
            return SummedText.decode(summed.getBytes(StandardCharsets.UTF_8)).lines().toList();
        }
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("its last line is cut off");
        }
        return text.lines().toList();
    }

    /** @throws IllegalArgumentException saying why the lease cannot be read */
    static Lease read(Path file) throws IOException {
        try {
            return parse(file.getFileName().toString(), SummedText.decode(Files.readAllBytes(file)));
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a line of it is not whole", e);
        }
    }

    private static Lease parse(String name, String text) {
        List<String> lines = lines(text);
        if (lines.size() < 3) {
            throw new IllegalArgumentException("it ends too early");
        }
        List<PortMapping> mappings = new ArrayList<>();
        for (String line : lines.subList(3, lines.size())) {
            String[] words = line.split(" ", 4);
            mappings.add(new PortMapping(PortMapping.Protocol.valueOf(words[0].toUpperCase(Locale.ROOT)),
                    Integer.parseInt(words[1]), Integer.parseInt(words[2]), words[3]));
        }
        Cidr address = new Cidr(Cidr.parseAddress(name), Integer.parseInt(lines.get(2)));
        return new Lease(lines.get(0), lines.get(1), List.of(address), mappings);
    }

    private Path file(Cidr address) {
        return directory.resolve(Addresses.text(address.address()));
    }
}
