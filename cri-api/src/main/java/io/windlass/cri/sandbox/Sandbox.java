package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A sandbox in the store: its current record, and the lock that puts its changes in order.
 *
 * <p>
 * Reading the record takes no lock.
 */
public final class Sandbox {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile SandboxRecord record;

    Sandbox(SandboxRecord record) {
        this.record = record;
    }

    public ObjectId id() {
        return record.id();
    }

    /** Returns the record as it is now. */
    public SandboxRecord record() {
        return record;
    }

    /** Returns the lock: for reading to work in a sandbox that stays ready, for writing to stop and remove it. */
    public ReadWriteLock lock() {
        return lock;
    }

    void replace(SandboxRecord next) {
        record = next;
    }
}
