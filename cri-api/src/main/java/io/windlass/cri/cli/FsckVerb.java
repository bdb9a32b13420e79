package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.Usage;
import io.windlass.cri.config.Config;
import io.windlass.cri.config.ConfigFiles;
import io.windlass.cri.server.DiskCheck;
import java.io.IOException;
import java.nio.file.Path;

/** {@code windlass fsck}: whether the disk and the kernel are as the records say. Its exit codes are those of fsck(8). */
final class FsckVerb implements Verb {
    private static final int REPAIRED = 1;
    private static final int LEFT = 4;
    private static final int FAILED = 8;

    @Override
    public Usage usage() {
        return Usage.of("fsck",
                "Compare records, blobs and layers with the disk and the kernel. Exit code 0: all is well; 1: all was repaired;"
                        + " 4: something is wrong; 8: the check failed.")
                .with(
                        Option.of("config", 'c', "FILE",
                                "Configuration of the daemon. Default " + ConfigFiles.DEFAULT + ", which need not exist."),
                        Option.flag("repair", 'r', "Mend what is wrong. No daemon may run."));
    }

    @Override
    public int run(Arguments arguments, Output out) {
        try {
            Config config = ConfigFiles.load(Path.of(arguments.last("config", ConfigFiles.DEFAULT.toString())));
            DiskCheck check = arguments.has("repair") ? DiskCheck.repair(config) : DiskCheck.check(config);
            return report(check, out);
        } catch (IOException | RuntimeException e) {
            out.err().println("windlass: " + Failures.text(e));
            return FAILED;
        }
    }

    private static int report(DiskCheck check, Output out) {
        check.findings().forEach(finding -> out.line(finding.toString()));
        if (check.running()) {
            out.line("a daemon is at work: what it may be making just now was not judged");
        }
        if (check.repairs() > 0) {
            out.line(check.repairs() + " repairs were made");
        }
        if (check.isBad()) {
            return LEFT;
        }
        out.line("all is well");
        return check.repairs() > 0 ? REPAIRED : 0;
    }
}
