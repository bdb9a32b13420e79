package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.config.Config;
import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.log.JournalHandler;
import io.windlass.cri.server.Daemon;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/** {@code windlass serve}: the daemon, until SIGTERM or SIGINT. */
final class Serve implements Verb {

    @Override
    public Usage usage() {
        return Usage.of("serve", "Run the daemon until SIGTERM.").with(Option.of("config", 'c', "FILE",
                "Configuration, conf.d/*.toml beside it included. Default " + ConfigFiles.DEFAULT + ", which need not exist."));
    }

    @Override
    public int run(Arguments arguments, Output out) throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        for (String name : new String[]{"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> end.countDown());
        }
        Config config = ConfigFiles.load(Path.of(arguments.last("config", ConfigFiles.DEFAULT.toString())));
        JournalHandler.install(config.log().level());
        try (Daemon daemon = Daemon.start(config)) {
            end.await();
        }
        return 0;
    }
}
