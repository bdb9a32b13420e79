package io.windlass.cni.bridge;

import io.windlass.cni.Sysctl;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets the host forward IPv6. A host that forwards takes itself for a router and no longer learns its own default route from router
 * advertisements: links that did so go on only if they are told to, by {@code accept_ra} 2. See the kernel's ip-sysctl.
 */
final class Ipv6Forwarding {
    private static final String FORWARDING = "net/ipv6/conf/all/forwarding";

    private Ipv6Forwarding() {}

    /** On a thread in the host's namespace. */
    static void turnOn() throws IOException {
        if (Sysctl.get(FORWARDING).equals("1")) {
            return;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/sys/net/ipv6/conf"))) {
            for (Path link : links) {
                String key = "net/ipv6/conf/" + link.getFileName() + "/accept_ra";
                boolean real = !link.endsWith("all") && !link.endsWith("default");
                if (real && Sysctl.get(key).equals("1")) {
                    Sysctl.writeIfPresent(key, "2");
                }
            }
        }
        Sysctl.set(FORWARDING, "1");
    }
}
