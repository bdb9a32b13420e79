package io.windlass.shim.process;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogJournalTest {
    private static final int BATCHES = 300_000;
    private static final int BYTES = 30;
    private static final byte[] EARLIER = "the text of the batch before..".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path dir;

    /** The daemon may be killed at any moment: it is looked at beside it, as the next one would find it. */
    @Test
    void noMomentShowsTheTextOfTheBatchBefore() throws Exception {
        Path path = dir.resolve("journal");
        LogJournal journal = LogJournal.open(path);
        MappedByteBuffer seen = map(path);
        CompletableFuture<Void> batches = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < BATCHES; i++) {
                journal.text().put(0, EARLIER);
                journal.begin("c1", ContainerLog.Stream.OUT, 0, BYTES);
                journal.end();
            }
        });
        int begun = 0;
        int unmarked = 0;
        while (!batches.isDone()) {
            long mark = beingTaken(seen);
            long text = seen.getLong(LogJournal.TEXT);
            VarHandle.acquireFence();
            if (mark != 0 && beingTaken(seen) == mark) {
                begun++;
                unmarked += text == mark ? 0 : 1;
            }
        }
        batches.join();
        assertThat(begun).isPositive();
        assertThat(unmarked).as("of " + begun + " looks at a batch").isZero();
    }

    private static MappedByteBuffer map(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            mapped.order(ByteOrder.nativeOrder());
            return mapped;
        }
    }

    /** Returns the mark of the batch that is being taken; 0 where there is none. */
    private static long beingTaken(MappedByteBuffer journal) {
        int state = journal.getInt(LogJournal.STATE);
        VarHandle.acquireFence();
        long mark = journal.getLong(LogJournal.MARK);
        VarHandle.acquireFence();
        return state == LogJournal.TAKING ? mark : 0;
    }
}
