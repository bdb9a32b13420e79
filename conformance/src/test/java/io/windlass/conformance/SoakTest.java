package io.windlass.conformance;

import io.windlass.conformance.fixture.DaemonMemory;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.MoodyPlugin;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random pods, commands and pulls for {@code -Dsoak.seconds} (15), while in the first half the daemon is killed and plugins fail at random: every exit
 * code and every log line is right, nothing is left behind, and in the second half the daemon's memory stays as it is.
 */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "has no deadline of its own for plugins")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
class SoakTest extends OwnNode {
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("soak.seconds", 15));
    private static final int WORKERS = 3;
    private static final int IMAGES = 6;
    private static final int IMAGE_BYTES = 300_000;
    private static final List<String> MOODS = List.of(MoodyPlugin.ADD_FAILS, MoodyPlugin.ADD_HANGS, MoodyPlugin.DEL_FAILS);

    private final SoakFigures figures = new SoakFigures();
    private long begin;

    @Override
    NodeOptions options() {
        return super.options().withNetwork(Network.PLUGINS);
    }

    private boolean isOver(double part) {
        return System.nanoTime() - begin > part * LENGTH.toNanos();
    }

    @Test
    void endsAsItBegan() throws Exception {
        MoodyPlugin plugin = MoodyPlugin.install(node, 2);
        for (int i = 0; i < IMAGES; i++) {
            byte[] content = new byte[IMAGE_BYTES];
            new Random(i).nextBytes(content);
            node.registry().push("soak", "" + i,
                    TestImage.of(TestImage.Layer.gzip(new TarLayer().file("content", content, Owner.root(0644)))));
        }
        FaultyNode.warmUp(node);
        KernelState before = node.state();
        long seed = Long.getLong("fault.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("soak: -Dfault.seed=" + seed);
        begin = System.nanoTime();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                Random random = new Random(seed + i);
                work.add(threads.submit(() -> repeat(() -> new SoakPod(node, random, figures).live())));
            }
            Random images = new Random(seed + WORKERS);
            work.add(threads.submit(() -> repeat(() -> pullAndRemove(images))));
            trouble(plugin, new Random(seed - 1));
            rest();
            for (Future<?> one : work) {
                one.get();
            }
        }
        System.out.println("soak of " + LENGTH.toSeconds() + " s: " + figures);
        FaultyNode.warmUp(node);
        assertThat(node.leaksSince(before)).isEmpty();
        if (figures.memory.size() >= 8) {
            assertThat(figures.growthPercent()).as("growth of the daemon in percent, of %s", figures.memory).isLessThan(5);
        }
    }

    private Void repeat(Insist.Step step) throws Exception {
        while (!isOver(1)) {
            step.run();
        }
        return null;
    }

    private void pullAndRemove(Random random) throws Exception {
        ImageSpec image = ImageSpec.newBuilder().setImage(node.registry().reference("soak:" + random.nextInt(IMAGES))).build();
        Insist.on("PullImage", () -> node.cri().images().pullImage(PullImageRequest.newBuilder().setImage(image).build()));
        Insist.on("RemoveImage", () -> node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(image).build()));
        figures.pulls.increment();
        Thread.sleep(random.nextInt(500));
    }

    /** The first half: kills and moods at random. */
    private void trouble(MoodyPlugin plugin, Random random) throws Exception {
        while (!isOver(0.5)) {
            Thread.sleep(random.nextInt(4000));
            if (random.nextBoolean()) {
                node.killDaemon();
                node.startDaemon();
                figures.kills.increment();
            } else {
                plugin.behaves(MOODS.get(random.nextInt(MOODS.size())));
                Thread.sleep(random.nextInt(3000));
                plugin.behaves("");
                figures.pluginFailures.increment();
            }
        }
    }

    /** The second half: one daemon, whose memory is looked at. */
    private void rest() throws Exception {
        while (!isOver(1)) {
            figures.memory.add(DaemonMemory.now(node) >> 10);
            Thread.sleep(Math.min(30_000, LENGTH.toMillis() / 10));
        }
    }
}
