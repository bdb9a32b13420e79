package io.windlass.cri.server;

import io.grpc.Status;
import io.windlass.cri.log.Logfmt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for every call: changes at info, reads and probes at debug, what looks like our own fault as a warning with its trace. */
final class RpcLog {

    private static final Logger LOG = LoggerFactory.getLogger(RpcLog.class);

    private RpcLog() {}

    /** Records the end of a call that began at {@code startNanos} of {@link System#nanoTime()}. */
    static void done(String method, Object request, Status status, long startNanos) {
        boolean fault = switch (status.getCode()) {
            case INTERNAL, UNKNOWN, DATA_LOSS -> true;
            default -> false;
        };
        boolean debug = isRead(method) && !fault;
        if (debug && !LOG.isDebugEnabled()) {
            return;
        }
        long micros = (System.nanoTime() - startNanos) / 1000;
        Logfmt line = Logfmt.event("rpc").field("method", method).field("object", Subject.of(request)).field("code", status.getCode())
                .field("us", micros);
        if (!status.isOk()) {
            line.field("error", String.valueOf(status.getDescription()));
        }
        if (fault) {
            LOG.warn(line.toString(), status.getCause());
        } else if (debug) {
            LOG.debug(line.toString());
        } else {
            LOG.info(line.toString());
        }
    }

    private static boolean isRead(String method) {
        return method.startsWith("List") || method.startsWith("Stream") || method.endsWith("Status") || method.endsWith("Stats")
                || method.equals("Version") || method.equals("RuntimeConfig") || method.equals("ImageFsInfo") || method.equals("ExecSync");
    }
}
