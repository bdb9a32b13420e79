package io.windlass.cri.cli;

import io.windlass.cri.config.Config;
import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.log.JournalHandler;
import io.windlass.cri.server.Daemon;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code windlass serve}: the daemon, until SIGTERM or SIGINT. */
@Command(name = "serve", description = "Run the daemon until SIGTERM.", mixinStandardHelpOptions = true)
final class Serve implements Callable<Integer> {

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "Configuration file, conf.d/*.toml beside it included. Default: ${DEFAULT-VALUE}, which need not exist.")
    private Path config = ConfigFiles.DEFAULT;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run(config);
    }

    /** Serves with a configuration file until told to end. */
    static int run(Path config) throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        for (String name : new String[]{"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> end.countDown());
        }
        Config loaded = ConfigFiles.load(config);
        JournalHandler.install(loaded.log().level());
        try (Daemon daemon = Daemon.start(loaded)) {
            end.await();
        }
        return 0;
    }
}
