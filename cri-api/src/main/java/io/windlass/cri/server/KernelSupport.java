package io.windlass.cri.server;

import io.windlass.cri.log.Logfmt;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Mount;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether containers can be made on this kernel at all. The newest of the system calls that every container is made with is mount_setattr(2),
 * of Linux 5.12; where it is, openat2(2), clone3(2), pidfds and close_range(2) with its flags are, too.
 *
 * @param lack why not, for people; empty where they can
 */
record KernelSupport(String lack) {

    private static final Logger LOG = LoggerFactory.getLogger(KernelSupport.class);

    /** A call that changes nothing. */
    @FunctionalInterface
    interface Probe {
        void run() throws IOException;
    }

    /** Asks the kernel, for which a change of no attribute is enough. */
    static KernelSupport probe() {
        return of(() -> Mount.mountSetattr(Fd.CWD, "/", 0, 0, 0, 0, null));
    }

    static KernelSupport of(Probe probe) {
        try {
            probe.run();
            return new KernelSupport("");
        } catch (IOException e) {
            var lack = new KernelSupport("containers cannot be made on Linux " + System.getProperty("os.version") + ": " + e.getMessage()
                    + ": they need Linux 5.12 or later, and CAP_SYS_ADMIN");
            LOG.error(Logfmt.event("kernel-lacks").field("error", lack.lack).toString());
            return lack;
        }
    }

    boolean suffices() {
        return lack.isEmpty();
    }
}
