package io.windlass.shim.linux;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShortageTest {

    /** An exception of ours, whose message may have a stranger's words. */
    private static final class OwnException extends IOException {
        private static final long serialVersionUID = 1L;

        OwnException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static Stream<Throwable> shortages() {
        return Stream.of(new ErrnoException("open /a", Errno.EMFILE), new ErrnoException("fork", Errno.ENOMEM),
                new FileSystemException("/a", null, "Too many open files in system"), new FileNotFoundException("/a (Too many open files)"),
                new SocketException("Too many open files"),
                new IOException("Cannot run program \"a\": Exec failed, error: 12 (Cannot allocate memory) "),
                new OwnException("registry a cannot be reached", new UncheckedIOException(new IOException("Too many open files"))),
                new ExceptionInInitializerError("Exception a.B: open /a: EMFILE (too many open files) [in thread \"main\"]"));
    }

    @ParameterizedTest
    @MethodSource("shortages")
    void isKnownByTheSystemsNumberOrItsWords(Throwable error) {
        assertThat(Shortage.isBehind(error)).isTrue();
    }

    static Stream<Throwable> others() {
        return Stream.of(new ErrnoException("open /too many open files", Errno.ENOENT), new NoSuchFileException("/too many open files"),
                new FileSystemException("/too many open files", null, "Is a directory"),
                new OwnException("registry a failed (HTTP 500: too many open files)",
                        new ProtocolException("Invalid status line: \"HTTP/1.1 too many open files\"")),
                new IllegalArgumentException("too many open files"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void isNotKnownByTheWordsOfOthers(Throwable error) {
        assertThat(Shortage.isBehind(error)).isFalse();
    }
}
