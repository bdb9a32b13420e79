package io.windlass.conformance;

import io.windlass.conformance.fixture.Damage;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** Records that are damaged while the daemon is away cost the one object that they are of; the rest is served, and fsck clears up. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "has one database for all")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the records of a runtime that somebody else started are not ours to damage")
class DamagedRecordTest extends OwnNode {
    private Path record(String kind, String id, String suffix) {
        return node.scratch().resolve("root/" + kind + "/" + id + suffix);
    }

    /** Without the descriptors of the daemon, which is another one now. */
    private List<String> leaks(KernelState before) throws IOException {
        return node.leaksSince(before, KernelState.OF_THE_DAEMON);
    }

    private List<String> containers() {
        return node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList().stream()
                .map(container -> container.getId()).toList();
    }

    private List<String> sandboxes() {
        return node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList().stream()
                .map(sandbox -> sandbox.getId()).toList();
    }

    private boolean runs(String command) throws IOException {
        return Processes.of(node).stream().anyMatch(process -> process.command().contains(command));
    }

    @Row(22)
    void ofAContainerCostIt(Fault fault) throws Exception {
        Random random = fault.random("damaged records of containers");
        KernelState before = node.state();
        try (Pod pod = Pod.run(node)) {
            PodContainer well = pod.script("sleep 1000");
            Map<Damage, PodContainer> hurt = new EnumMap<>(Damage.class);
            for (Damage damage : Damage.values()) {
                hurt.put(damage, pod.start("sleep", "4321"));
            }
            node.killDaemon();
            for (Damage damage : Damage.values()) {
                damage(damage, random, "containers", Objects.requireNonNull(hurt.get(damage)).id());
            }
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isEqualTo(4);
            assertThat(check.output()).doesNotContain(well.id());
            hurt.values().forEach(one -> assertThat(check.output()).contains("container " + one.id() + ": its record is damaged"));
            node.startDaemon();
            hurt.values()
                    .forEach(one -> assertThat(node.runtime().log()).contains("record-quarantined").contains(one.id() + ".json.corrupt"));
            assertThat(containers()).containsExactly(well.id());
            assertThat(well.sh("echo well")).isEqualTo("well\n");
            assertThat(runs("sleep 4321")).isFalse();
            ContainerMetadata name = Objects.requireNonNull(hurt.get(any(random))).config().getMetadata();
            PodContainer again = pod.start(c -> c.setMetadata(name).addAllCommand(List.of("sleep", "4321")));
            assertThat(again.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            node.killDaemon();
            Fsck.repair(node);
            node.startDaemon();
            assertThat(well.sh("echo well")).isEqualTo("well\n");
            assertThat(again.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        }
        assertThat(leaks(before)).isEmpty();
    }

    @Row(22)
    void ofASandboxCostIt(Fault fault) throws Exception {
        Random random = fault.random("damaged records of sandboxes");
        KernelState before = node.state();
        Map<Damage, Pod> hurt = new EnumMap<>(Damage.class);
        try (Pod well = Pod.run(node)) {
            PodContainer inWell = well.script("sleep 1000");
            List<String> addresses = new ArrayList<>();
            for (Damage damage : Damage.values()) {
                Pod pod = Pod.run(node);
                hurt.put(damage, pod);
                pod.start("sleep", "4321");
                addresses.add(pod.ip());
            }
            node.killDaemon();
            for (Damage damage : Damage.values()) {
                damage(damage, random, "sandboxes", Objects.requireNonNull(hurt.get(damage)).id());
            }
            node.startDaemon();
            hurt.values().forEach(one -> assertThat(node.runtime().log()).contains(one.id() + ".json.corrupt"));
            assertThat(sandboxes()).containsExactly(well.id());
            assertThat(inWell.sh("echo well")).isEqualTo("well\n");
            try (Pod other = Pod.run(node)) {
                assertThat(addresses).as("an address that is still in use is not given away").doesNotContain(other.ip());
            }
            node.killDaemon();
            Fsck.repair(node);
            assertThat(runs("sleep 4321")).isFalse();
            node.startDaemon();
            assertThat(inWell.sh("echo well")).isEqualTo("well\n");
            for (Pod pod : hurt.values()) {
                String again = node.cri().runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod.config()).build())
                        .getPodSandboxId();
                assertThat(again).isNotEqualTo(pod.id());
                node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(again).build());
            }
        } finally {
            for (Pod pod : hurt.values()) {
                pod.close();
            }
        }
        assertThat(leaks(before)).isEmpty();
    }

    /** What an image is known by: its record, and its configuration among the blobs. */
    enum OfImage {
        RECORD("images", ".json"), CONFIG("content/blobs/sha256", "");

        private final String directory;
        private final String suffix;

        OfImage(String directory, String suffix) {
            this.directory = directory;
            this.suffix = suffix;
        }
    }

    @Row(22)
    void ofAnImageCostIt(Fault fault, OfImage part) throws Exception {
        Random random = fault.random("damaged images, " + part);
        Map<Damage, Pulled> hurt = new EnumMap<>(Damage.class);
        Map<Damage, String> ids = new EnumMap<>(Damage.class);
        try {
            for (Damage damage : Damage.values()) {
                String name = "damaged-" + damage.name().toLowerCase(Locale.ROOT);
                node.registry().push(name, "1", ImageTest.marked(name));
                Pulled image = Pulled.pull(node, node.registry().reference(name + ":1"));
                hurt.put(damage, image);
                ids.put(damage, ImageTest.status(node, image.name()).getImage().getId().substring("sha256:".length()));
            }
            node.killDaemon();
            for (Map.Entry<Damage, String> one : ids.entrySet()) {
                one.getKey().to(record(part.directory, one.getValue(), part.suffix), random);
            }
            node.startDaemon();
            hurt.forEach((damage, image) -> {
                assertThat(ImageTest.status(node, image.name()).hasImage()).as(damage + " " + part).isFalse();
                assertThat(node.runtime().log()).contains("image-quarantined").contains(ids.get(damage));
            });
            assertThat(ImageTest.status(node, node.busybox()).hasImage()).isTrue();
            hurt.forEach((damage, image) -> {
                node.pull(image.name());
                assertThat(ImageTest.status(node, image.name()).getImage().getId()).isEqualTo("sha256:" + ids.get(damage));
            });
        } finally {
            hurt.values().forEach(Pulled::close);
        }
    }

    /** A power cut may spoil a record that was not forced to disk; the one before it is still there. That a container was started its shim knows too. */
    @Row(22)
    void thatWereNotYetOnDiskAreTakenFromBefore(Fault fault) throws Exception {
        Random random = fault.random("records that are not yet on disk");
        KernelState before = node.state();
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start("sleep", "4321");
            node.killDaemon();
            any(random).to(record("sandboxes", pod.id(), ".json"), random);
            any(random).to(record("containers", container.id(), ".json"), random);
            node.startDaemon();
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(runs("sleep 4321")).isTrue();
        }
        assertThat(leaks(before)).isEmpty();
    }

    /** An end that its shim cannot have noted is one that nobody knows. */
    @Row(22)
    void ofAnEndAreNotWaitedForForEver() throws Exception {
        KernelState before = node.state();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; exit 5"));
            });
            container.awaitLog("before");
            Path record = node.scratch().resolve("state/containers/" + container.id() + "/exit");
            long begun = Files.size(record);
            node.killDaemon();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("what the shim notes", Duration.ofSeconds(10), () -> Files.size(record) > begun);
            byte[] bytes = Files.readAllBytes(record);
            Arrays.fill(bytes, bytes.length - 2 * Long.BYTES, bytes.length - Long.BYTES, (byte) 0x7f); // the seconds of the end
            Files.write(record, bytes);
            node.startDaemon();
            assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
        }
        assertThat(leaks(before)).isEmpty();
    }

    /** What a container has written stays as long as it runs; it is gone with the next repair after that. */
    @Row(22)
    void ofASnapshotInUseCostNoFile(Fault fault) throws Exception {
        Random random = fault.random("damaged snapshots");
        KernelState before = node.state();
        Path snapshots = node.scratch().resolve("root/snapshots");
        try (Pod pod = Pod.run(node)) {
            Map<Damage, Path> written = new EnumMap<>(Damage.class);
            for (Damage damage : Damage.values()) {
                PodContainer container = pod.script("echo kept > /written; echo done; sleep 1000");
                container.awaitLog("done");
                written.put(damage, active(snapshots, container.id()).resolveSibling("fs/written"));
            }
            node.killDaemon();
            for (Map.Entry<Damage, Path> one : written.entrySet()) {
                one.getKey().to(snapshot(one.getValue()), random);
            }
            node.startDaemon();
            written.forEach((damage, file) -> {
                assertThat(file).as(damage.name()).content().startsWith("kept");
                assertThat(snapshot(file).resolveSibling("active.json.broken")).exists();
            });
        }
        node.killDaemon();
        Fsck.repair(node);
        node.startDaemon();
        assertThat(leaks(before)).isEmpty();
    }

    private static Path snapshot(Path file) {
        return file.resolveSibling("../active.json").normalize();
    }

    /** The record of a container's snapshot. */
    private static Path active(Path snapshots, String container) throws IOException {
        try (Stream<Path> all = Files.list(snapshots)) {
            for (Path record : all.map(one -> one.resolve("active.json")).filter(Files::exists).toList()) {
                if (Files.readString(record).contains(container)) {
                    return record;
                }
            }
        }
        throw new AssertionError("no snapshot of container " + container);
    }

    /** The lease of a pod that lives is made anew from the pod's own record, so that nobody else gets its address. */
    @Row(22)
    @DisabledIfSystemProperty(named = "cri.network", matches = "plugins", disabledReason = "the leases are those of the built-in bridge")
    void ofAnAddressAreMadeAnew(Fault fault) throws Exception {
        Random random = fault.random("damaged leases");
        KernelState before = node.state();
        Map<Damage, Pod> hurt = new EnumMap<>(Damage.class);
        try {
            for (Damage damage : Damage.values()) {
                hurt.put(damage, Pod.run(node));
            }
            Map<Damage, String> addresses = new EnumMap<>(Damage.class);
            hurt.forEach((damage, pod) -> addresses.put(damage, pod.ip()));
            Path leases = node.scratch().resolve("root/cni/leases/" + node.subnet().bridge());
            node.killDaemon();
            for (Damage damage : Damage.values()) {
                damage.to(leases.resolve(addresses.get(damage)), random);
            }
            node.startDaemon();
            hurt.forEach((damage, pod) -> assertThat(leases.resolve(addresses.get(damage))).content().contains("\n" + pod.id() + "\n"));
            try (Pod other = Pod.run(node)) {
                assertThat(addresses.values()).doesNotContain(other.ip());
            }
        } finally {
            for (Pod pod : hurt.values()) {
                pod.close();
            }
        }
        assertThat(leaks(before)).isEmpty();
    }

    private void damage(Damage damage, Random random, String kind, String id) throws IOException {
        Files.deleteIfExists(record(kind, id, ".json.durable"));
        damage.to(record(kind, id, ".json"), random);
    }

    private static Damage any(Random random) {
        return Damage.values()[random.nextInt(Damage.values().length)];
    }
}
