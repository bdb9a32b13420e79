package io.windlass.shim.process;

import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShimProcessTest {
    private static final int TIMES = 2000;

    /** What somebody wants of a container; false once it has ended. */
    enum Wish {
        SIGNAL {
            @Override
            boolean of(ShimProcess container) throws IOException {
                return container.signal(0);
            }
        },
        COMMAND {
            @Override
            boolean of(ShimProcess container) throws IOException {
                try (PidFd init = container.copyOfInit()) {
                    return init != null && init.sendSignal(0);
                }
            }
        };

        abstract boolean of(ShimProcess container) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void meetsItsEndAtAnyMoment(Wish wish) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < TIMES; i++) {
                ShimProcess container = container();
                CountDownLatch begun = new CountDownLatch(1);
                Callable<Boolean> wishing = () -> {
                    boolean there = wish.of(container);
                    begun.countDown();
                    while (there) {
                        there = wish.of(container);
                    }
                    return true;
                };
                Future<Boolean> wishes = threads.submit(wishing);
                begun.await();
                container.close();
                wishes.get();
            }
        }
    }

    private static ShimProcess container() throws IOException {
        FileIo.Pipe out = FileIo.pipe2(0);
        FileIo.Pipe err = FileIo.pipe2(0);
        out.write().close();
        err.write().close();
        int self = Processes.getpid();
        return new ShimProcess("c1", PidFd.open(self), 0, self, PidFd.open(self), new Stdio.Pipes(null, out.read(), err.read()),
                Path.of("exit"));
    }
}
