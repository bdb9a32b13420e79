package io.windlass.cni;

import io.windlass.shim.linux.LeftProcesses;
import io.windlass.shim.linux.NamespaceThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Plugins that an earlier daemon ran and was killed over. A plugin is known by its environment, and so are those that it has called. */
final class LeftPlugins {
    private static final String CONTAINER = "CNI_CONTAINERID=";

    private LeftPlugins() {}

    /** Kills those that work for one of these sandboxes, and waits for their ends; gives their number. */
    static int kill(Set<String> sandboxes) throws IOException {
        if (sandboxes.isEmpty()) {
            return 0;
        }
        return NamespaceThread.<Integer, IOException>call(() -> LeftProcesses.kill(process -> worksFor(process, sandboxes)));
    }

    private static boolean worksFor(Path process, Set<String> sandboxes) throws IOException {
        for (String variable : Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1).split("\0")) {
            if (variable.startsWith(CONTAINER)) {
                return sandboxes.contains(variable.substring(CONTAINER.length()));
            }
        }
        return false;
    }
}
