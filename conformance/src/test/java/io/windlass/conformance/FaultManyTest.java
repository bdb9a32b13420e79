package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.assertj.core.api.Assertions.assertThat;

/** Very many containers end at the same moment: {@code -Dfault.containers}, 1000 in the long form, 100 in the short one. */
@Faulty
@Alone
class FaultManyTest {
    private static final int CONTAINERS = Integer.getInteger("fault.containers", Fault.isLong() ? 1000 : 100);
    private static final int A_POD = 50;
    private static final int SIDE_BY_SIDE = 8;
    private static final int LEAST = 8 << 20;
    private static final int MOST = 12 << 20;
    /** How long the kernel may take until it has ended all of them. */
    private static final Duration KERNEL = Duration.ofMinutes(3);
    private static final Duration KNOWN = Duration.ofSeconds(10);

    @Row(16)
    void everyExitIsKnown(Fault fault, FaultyNode faulty) throws Exception {
        int[] codes = fault.random("containers that exit at once").ints(CONTAINERS, 0, 256).toArray();
        endAtOnce(faulty.node(), i -> "exit " + codes[i], (i, config) -> {
        }, (i, status) -> assertThat(status.getExitCode()).as("container " + i).isEqualTo(codes[i]));
    }

    @Row(17)
    void everyEndForWantOfMemoryIsKnown(Fault fault, FaultyNode faulty) throws Exception {
        int[] limits = fault.random("containers that run out of memory at once").ints(CONTAINERS, LEAST, MOST).toArray();
        endAtOnce(faulty.node(), i -> "exec dd if=/dev/zero of=/dev/null bs=64M count=1",
                (i, config) -> config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(limits[i])
                        .setMemorySwapLimitInBytes(limits[i]),
                (i, status) -> {
                    assertThat(status.getReason()).as("container " + i).isEqualTo("OOMKilled");
                    assertThat(status.getExitCode()).isEqualTo(137);
                });
    }

    private interface Script {
        String of(int container);
    }

    private interface Change {
        void of(int container, ContainerConfig.Builder config);
    }

    private interface Check {
        void of(int container, ContainerStatus status);
    }

    /** All wait for the end of what a pipe without a writer brings: it comes when one has opened and closed it. */
    private static void endAtOnce(Node node, Script script, Change change, Check check) throws Exception {
        Path gate = node.scratch().directory("gate-" + node.next());
        Command.output("mkfifo", gate.resolve("fifo").toString());
        List<Pod> pods = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
            for (int i = 0; i < CONTAINERS; i += A_POD) {
                pods.add(Pod.run(node));
            }
            List<PodContainer> containers = all(threads, i -> pods.get(i / A_POD).start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "read x < /gate/fifo; " + script.of(i)));
                change.of(i, c);
            }));
            Wait.untilTrue("all of them at the gate", Duration.ofSeconds(60),
                    () -> Processes.of(node).stream().filter(p -> p.command().contains("/gate/fifo")).count() == CONTAINERS);
            Files.newOutputStream(gate.resolve("fifo")).close();
            long last = 0;
            for (int i = 0; i < CONTAINERS; i++) {
                ContainerStatus end = containers.get(i).awaitExit(KERNEL); // one question at a time: the machine has enough to do
                check.of(i, end);
                last = Math.max(last, end.getFinishedAt() / 1_000_000);
            }
            assertThat(System.currentTimeMillis() - last).as("ms from the last end until all were known").isLessThan(KNOWN.toMillis());
            all(threads, i -> {
                containers.get(i).remove();
                return true;
            });
        } finally {
            for (Pod pod : pods) {
                pod.close();
            }
        }
    }

    private interface Work<T> {
        T on(int i) throws Exception;
    }

    private static <T> List<T> all(ExecutorService threads, Work<T> work) throws Exception {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            int number = i;
            calls.add(() -> work.on(number));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> result : threads.invokeAll(calls)) {
            results.add(result.get());
        }
        return results;
    }
}
