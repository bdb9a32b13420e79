package io.windlass.conformance;

import io.windlass.conformance.fixture.Damage;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** An attachment whose record came to harm is taken back all the same, with what is known of its pod and the network list that is there. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its records of attachments are others")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the records of a runtime that somebody else started are not ours to damage")
class DamagedAttachmentTest extends OwnNode {
    @Override
    NodeOptions options() {
        return super.options().withNetwork(Network.PLUGINS);
    }

    /** The firewall plugin finds its rules by the result that is lost. */
    @AfterEach
    void removeRules() throws Exception {
        node.removeRules();
    }

    @Row(22)
    void isTakenBackWithItsAddress(Fault fault, Damage damage) throws Exception {
        Path records = node.scratch().resolve("root/cni/attachments");
        try (Pod well = Pod.run(node)) {
            Pod pod = Pod.run(node);
            try {
                String address = pod.ip();
                assertThat(leases()).contains(address, well.ip());
                node.killDaemon();
                damage.to(records.resolve(pod.id() + "@eth0.json"), fault.random("a damaged attachment, " + damage));
                Fsck check = Fsck.run(node);
                assertThat(check.code()).as(check.output()).isEqualTo(4);
                assertThat(check.output()).contains("attachment " + pod.id() + "@eth0.json: its record cannot be used", "stop its pod");
                node.startDaemon();
                pod.stop();
                assertThat(leases()).contains(well.ip()).doesNotContain(address);
                pod.remove();
                assertThat(names(records)).containsExactlyInAnyOrder(well.id() + "@eth0.json", pod.id() + "@eth0.json.corrupt");
            } finally {
                pod.close();
            }
            node.killDaemon();
            Fsck.repair(node);
            assertThat(names(records)).containsExactly(well.id() + "@eth0.json");
            node.startDaemon();
        }
    }

    /** The addresses that the plugin host-local has given away. */
    private List<String> leases() throws IOException {
        return names(node.scratch().resolve("leases").resolve(node.subnet().bridge()));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
