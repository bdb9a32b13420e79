package io.windlass.cri.stream;

import io.windlass.shim.linux.Fd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Commands on a machine on which no thread can be made. */
@Timeout(60)
class RemoteCommandTest {

    /** A command that runs until it is told to end, without streams. */
    private static final class Mute implements Attached {
        private final CompletableFuture<Integer> exit = new CompletableFuture<>();
        private boolean closed;

        @Override
        public @Nullable Fd stdin() {
            return null;
        }

        @Override
        public @Nullable Fd stdout() {
            return null;
        }

        @Override
        public @Nullable Fd stderr() {
            return null;
        }

        @Override
        public void resize(int columns, int rows) {}

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        @Override
        public boolean inputEnded() {
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final LoopFixture loop = new LoopFixture();
    private final ToldStream error = new ToldStream(Map.of("streamtype", "error"));
    private final ToldStream output = new ToldStream(Map.of("streamtype", "stdout"));

    @AfterEach
    void stop() {
        loop.close();
    }

    /** A client's command up to its start. */
    private void exec(StreamTarget target, Executor blocking) throws Exception {
        RemoteCommand command = new RemoteCommand(new StreamRequest.Exec("c1", List.of("true"), ServerFixture.OUT),
                new Backend(target, Duration.ofHours(4), DetachKeys.NONE, blocking), RemoteProtocol.V4, loop.flow);
        loop.run(() -> {
            command.begin(loop);
            assertThat(command.opened(error)).isTrue();
            assertThat(command.opened(output)).isTrue();
        });
    }

    private void assertFailed() throws Exception {
        loop.run(() -> {
            assertThat(error.text()).contains("exec in container c1: " + NoThreads.MESSAGE);
            assertThat(error.finished).isTrue();
            assertThat(output.finished).isTrue();
            assertThat(loop.hungUp).isTrue();
        });
    }

    @Test
    void clientIsToldThatNothingCanBeStarted() throws Exception {
        exec(new NoThreads(), work -> {
            throw NoThreads.error();
        });
        assertFailed();
    }

    @Test
    void clientIsToldThatTheStartWantsMoreThreads() throws Exception {
        exec(new NoThreads(), Runnable::run);
        assertFailed();
    }

    @Test
    void commandIsClosedAllTheSame() throws Exception {
        Mute running = new Mute();
        AtomicBoolean exhausted = new AtomicBoolean();
        exec(new NoThreads() {
            @Override
            public Attached exec(String containerId, List<String> command, Wanted wanted) {
                return running;
            }
        }, work -> {
            if (exhausted.get()) {
                throw NoThreads.error();
            }
            work.run();
        });
        loop.run(() -> {
            exhausted.set(true);
            running.exit.complete(0);
        });
        loop.run(() -> {
            assertThat(running.closed).isTrue();
            assertThat(error.text()).contains("Success");
            assertThat(loop.hungUp).isTrue();
        });
    }
}
