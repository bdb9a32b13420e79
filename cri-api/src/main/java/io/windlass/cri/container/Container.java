package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import io.windlass.shim.spec.ContainerSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container in the store: its current record, and the lock that puts its changes in order.
 *
 * <p>
 * Reading the record takes no lock.
 */
public final class Container {
    private final ReentrantLock lock = new ReentrantLock();
    private final CompletableFuture<ContainerRecord> end = new CompletableFuture<>();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private volatile ContainerRecord record;
    private volatile @Nullable ContainerSpec spec;

    Container(ContainerRecord record) {
        this.record = record;
        announce();
    }

    public ObjectId id() {
        return record.id();
    }

    /** Returns the record as it is now. */
    public ContainerRecord record() {
        return record;
    }

    /** Returns the lock that orders changes of this container. */
    ReentrantLock lock() {
        return lock;
    }

    /** Returns what completes when the container has ended, with its record then. */
    CompletableFuture<ContainerRecord> end() {
        return end;
    }

    /**
     * Returns what completes with the exit code when the container has ended and all its output has been taken. The record may come later: where
     * the container has written much, its disk has to take all that first.
     */
    public CompletionStage<Integer> exitCode() {
        return exitCode;
    }

    /** Its program has ended and its output has been taken. */
    void ended(int code) {
        exitCode.complete(code);
    }

    /** Returns the specification it was made or started with, or null where it has to be built again: after a restart of the daemon, for one. */
    @Nullable
    ContainerSpec spec() {
        return spec;
    }

    void keep(@Nullable ContainerSpec built) {
        spec = built;
    }

    void replace(ContainerRecord next) {
        record = next;
        announce();
    }

    private void announce() {
        if (record.life() instanceof ContainerLife.Exited exited) {
            spec = null;
            exitCode.complete(exited.code());
            end.complete(record);
        }
    }
}
