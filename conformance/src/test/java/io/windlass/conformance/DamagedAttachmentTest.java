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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** Attachments whose records came to harm are taken back all the same, with what is known of their pods and the network list that is there. */
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
    void areTakenBackWithTheirAddresses(Fault fault) throws Exception {
        Random random = fault.random("damaged attachments");
        Path records = node.scratch().resolve("root/cni/attachments");
        Map<Damage, Pod> hurt = new EnumMap<>(Damage.class);
        try (Pod well = Pod.run(node)) {
            List<String> addresses = new ArrayList<>();
            for (Damage damage : Damage.values()) {
                Pod pod = Pod.run(node);
                hurt.put(damage, pod);
                addresses.add(pod.ip());
            }
            assertThat(leases()).contains(well.ip()).containsAll(addresses);
            node.killDaemon();
            for (Map.Entry<Damage, Pod> one : hurt.entrySet()) {
                one.getKey().to(records.resolve(record(one.getValue())), random);
            }
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isEqualTo(4);
            assertThat(check.output()).contains("stop its pod").doesNotContain(well.id());
            hurt.values().forEach(pod -> assertThat(check.output()).contains("attachment " + record(pod) + ": its record cannot be used"));
            node.startDaemon();
            for (Pod pod : hurt.values()) {
                pod.stop();
            }
            assertThat(leases()).contains(well.ip()).doesNotContainAnyElementsOf(addresses);
            for (Pod pod : hurt.values()) {
                pod.remove();
                assertThat(names(records)).contains(record(well), record(pod) + ".corrupt").doesNotContain(record(pod));
            }
            node.killDaemon();
            Fsck.repair(node);
            assertThat(names(records)).containsExactly(record(well));
            node.startDaemon();
        } finally {
            for (Pod pod : hurt.values()) {
                pod.close();
            }
        }
    }

    private static String record(Pod pod) {
        return pod.id() + "@eth0.json";
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
