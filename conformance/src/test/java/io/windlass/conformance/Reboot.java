package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a reboot takes from a node whose daemon is down: processes, mounts, namespaces, links, the firewall, and what was in memory only. */
final class Reboot {
    private Reboot() {}

    static void of(Node node) throws IOException {
        Path state = node.scratch().resolve("state");
        Wait.untilTrue("the end of all processes", Duration.ofSeconds(20), () -> {
            List<Processes.Seen> left = Processes.of(node).stream().filter(process -> !process.command().contains("docker-registry"))
                    .toList();
            left.forEach(process -> ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly));
            return left.isEmpty();
        });
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream().map(line -> line.split(" ")[4])
                .filter(path -> path.equals(state.toString()) || path.startsWith(state + "/")).toList();
        for (String mount : mounts.reversed()) {
            Command.output("umount", "-l", mount);
        }
        node.scratch().mountState();
        for (Path cgroup : node.cgroup().below().reversed()) {
            Files.deleteIfExists(cgroup);
        }
        Command.run("ip", "link", "delete", node.subnet().bridge());
        node.removeRules();
    }
}
