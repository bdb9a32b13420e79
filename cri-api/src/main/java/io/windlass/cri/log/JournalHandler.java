package io.windlass.cri.log;

import io.windlass.cri.config.Config;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Writes every record as one line to stderr: the journal's priority prefix (see sd-daemon(3)), the time unless the journal stamps it itself,
 * then {@code key=value} pairs. A stack trace goes into the field {@code trace}.
 */
public final class JournalHandler extends Handler {

    private static final SimpleFormatter TEXT = new SimpleFormatter();
    private static final String OWN = "io.windlass.";

    private final OutputStream out;
    private final boolean stamped;

    /**
     * A handler that writes to a stream.
     *
     * @param stamped whether the reader of the stream adds the time
     */
    JournalHandler(OutputStream out, boolean stamped) {
        this.out = out;
        this.stamped = stamped;
    }

    /** Makes this the only handler of the process. */
    public static void install(Config.Log.Level level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new JournalHandler(System.err, System.getenv("JOURNAL_STREAM") != null));
        root.setLevel(Level.WARNING);
        OWN_LOGGER.setLevel(julLevel(level));
        NOISY.setLevel(Level.SEVERE);
    }

    // java.util.logging forgets loggers, and their levels, that nobody holds
    private static final Logger OWN_LOGGER = Logger.getLogger("io.windlass");
    private static final Logger NOISY = Logger.getLogger("io.netty.bootstrap");

    private static Level julLevel(Config.Log.Level level) {
        return switch (level) {
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARN -> Level.WARNING;
            case ERROR -> Level.SEVERE;
        };
    }

    @Override
    public void publish(LogRecord entry) {
        if (!isLoggable(entry)) {
            return;
        }
        byte[] line = line(entry).getBytes(StandardCharsets.UTF_8);
        try {
            out.write(line); // one write a line: lines of several threads do not mix
            out.flush();
        } catch (IOException e) {
            // stderr is gone; there is nobody left to tell
        }
    }

    String line(LogRecord entry) {
        StringBuilder line = new StringBuilder(160).append('<').append(priority(entry.getLevel())).append('>');
        if (!stamped) {
            line.append("time=").append(entry.getInstant()).append(' ');
        }
        String message = TEXT.formatMessage(entry);
        if (message != null && message.startsWith(Logfmt.START)) {
            line.append(message);
        } else {
            line.append("msg=");
            Logfmt.quote(line, String.valueOf(message));
        }
        String logger = String.valueOf(entry.getLoggerName());
        line.append(" logger=").append(logger.startsWith(OWN) ? logger.substring(OWN.length()) : logger);
        Throwable thrown = entry.getThrown();
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(" trace=");
            Logfmt.quote(line, trace.toString().strip());
        }
        return line.append('\n').toString();
    }

    private static int priority(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return 3;
        }
        if (value >= Level.WARNING.intValue()) {
            return 4;
        }
        return value >= Level.INFO.intValue() ? 6 : 7;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
