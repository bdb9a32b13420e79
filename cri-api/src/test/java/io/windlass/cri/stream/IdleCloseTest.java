package io.windlass.cri.stream;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IdleCloseTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void closesWhereNothingComesOrGoes() {
        channel.freezeTime();
        channel.pipeline().addFirst(new IdleClose(Duration.ofHours(4)));
        pass(7);
        channel.writeInbound("x");
        pass(8);
        assertThat(channel.isOpen()).as("one look saw what came, seven saw nothing").isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    /** In steps, as each look plans the next. */
    private void pass(int halfHours) {
        for (int i = 0; i < halfHours; i++) {
            channel.advanceTimeBy(30, TimeUnit.MINUTES);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void nothingIsPlannedOnceItIsRemoved() {
        channel.pipeline().addFirst(new IdleClose(Duration.ofHours(4)));
        assertThat(channel.runScheduledPendingTasks()).isPositive();
        channel.pipeline().removeFirst();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
        channel.finishAndReleaseAll();
    }
}
