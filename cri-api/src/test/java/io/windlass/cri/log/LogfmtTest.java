package io.windlass.cri.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogfmtTest {

    @Test
    void valuesThatWouldBreakTheLineAreQuoted() {
        String line = Logfmt.event("rpc").field("a", "plain").field("b", "two words").field("c", "x\ny\"z\u0007").field("d", "").toString();
        assertThat(line).isEqualTo("event=rpc a=plain b=\"two words\" c=\"x\\ny\\\"z\\x07\"");
    }

    @ParameterizedTest
    @CsvSource({"SEVERE,3", "WARNING,4", "INFO,6", "FINE,7"})
    void theJournalGetsItsPriority(String level, int priority) {
        LogRecord entry = new LogRecord(Level.parse(level), "event=x");
        entry.setLoggerName("io.windlass.cri.server.Daemon");
        assertThat(new JournalHandler(new ByteArrayOutputStream(), true).line(entry))
                .isEqualTo("<" + priority + ">event=x logger=cri.server.Daemon\n");
    }

    @Test
    void aTraceStaysOnTheLine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogRecord entry = new LogRecord(Level.WARNING, "it broke");
        entry.setThrown(new IllegalStateException("why"));
        new JournalHandler(out, true).publish(entry);
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).startsWith("<4>msg=\"it broke\"").contains("trace=\"java.lang.IllegalStateException: why\\n").endsWith("\n");
        assertThat(text.lines()).hasSize(1);
    }
}
