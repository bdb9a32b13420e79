package io.windlass.conformance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Test processes run side by side, and yet a test of a class that is {@link Alone} has the machine to itself: the others hold a file locked
 * together, it holds it alone. Who takes the lock passes a gate first, so that whoever waits for it comes next. Every test takes its turn,
 * since JUnit finds this in {@code META-INF/services}.
 */
public final class Turn implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(Turn.class);
    private static final long GATE = 0;
    private static final long MACHINE = 1;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        boolean alone = context.getRequiredTestClass().isAnnotationPresent(Alone.class);
        FileChannel file = FileChannel.open(Path.of(System.getProperty("java.io.tmpdir"), "windlass-turn.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
        context.getStore(NAMESPACE).put(FileChannel.class, file);
        try (var gate = file.lock(GATE, 1, false)) {
            file.lock(MACHINE, 1, !alone);
        }
    }

    /** Lets go of the lock. */
    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        FileChannel file = context.getStore(NAMESPACE).remove(FileChannel.class, FileChannel.class);
        if (file != null) {
            file.close();
        }
    }
}
