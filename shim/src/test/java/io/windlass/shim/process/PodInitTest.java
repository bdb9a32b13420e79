package io.windlass.shim.process;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class PodInitTest {

    /** As many as there are threads that carry virtual ones wait for an init that does not end before yet another virtual thread has run. */
    @Test
    void whoWaitsForItsEndOnAVirtualThreadLeavesOthersRun() throws Exception {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        assumeTrue(Files.exists(freezer.resolve("tasks")), "no freezer that holds what was killed");
        Path ice = Files.createDirectory(freezer.resolve("windlass-pod-init-" + ProcessHandle.current().pid()));
        int carriers = Runtime.getRuntime().availableProcessors();
        try (Launcher launcher = new Launcher();
                PodInit init = launcher.podInit("pod",
                        new Namespaces(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.NEW, NamespaceSpec.HOST),
                        CgroupJoin.NONE)) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Files.writeString(ice.resolve("tasks"), String.valueOf(init.pid()));
                Files.writeString(ice.resolve("freezer.state"), "FROZEN");
                CountDownLatch begun = new CountDownLatch(carriers);
                List<Future<Boolean>> kills = new ArrayList<>();
                for (int i = 0; i < carriers; i++) {
                    kills.add(threads.submit(() -> {
                        begun.countDown();
                        return init.kill(Duration.ofSeconds(20));
                    }));
                }
                begun.await();
                threads.submit(() -> thaw(ice)).get();
                for (Future<Boolean> kill : kills) {
                    assertThat(kill.get()).isTrue();
                }
            } finally {
                thaw(ice);
                init.kill(Duration.ofSeconds(10));
            }
        } finally {
            while (!Files.readString(ice.resolve("tasks")).isEmpty()) {
                Thread.sleep(10);
            }
            Files.delete(ice);
        }
    }

    private static void thaw(Path ice) {
        try {
            Files.writeString(ice.resolve("freezer.state"), "THAWED");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
