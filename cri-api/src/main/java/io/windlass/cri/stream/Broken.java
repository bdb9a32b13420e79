package io.windlass.cri.stream;

import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.spdy.SpdyProtocolException;
import io.windlass.cri.log.Logfmt;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes why a connection was given up before its end. */
final class Broken {

    private static final Logger LOG = LoggerFactory.getLogger(Broken.class);

    private Broken() {}

    /** Clients come and go: a reset connection or a broken frame is worth a word to those who look for it, anything else is not expected. */
    static void log(Throwable cause) {
        String event = Logfmt.event("stream-broken").field("error", cause).toString();
        if (cause instanceof IOException || cause instanceof CodecException || cause instanceof SpdyProtocolException) {
            LOG.debug(event);
        } else {
            LOG.warn(event, cause);
        }
    }
}
