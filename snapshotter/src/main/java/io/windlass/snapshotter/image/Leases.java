package io.windlass.snapshotter.image;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What running pulls need. A pull protects a digest or chain before it looks whether it is there; the collector condemns one before it deletes it. So
 * nothing that a pull found is taken away, and a pull waits only for the deletion of the very thing it needs.
 */
final class Leases {
    private final Map<Object, Integer> held = new HashMap<>();
    private final Set<Object> condemned = new HashSet<>();

    /** One pull's holds. Closing it lets all of them go. */
    final class Lease implements AutoCloseable {
        private final Set<Object> mine = new HashSet<>();

        /** Protects a digest or a chain until this is closed. */
        void protect(Object object) throws InterruptedException {
            synchronized (Leases.this) {
                while (condemned.contains(object)) {
                    Leases.this.wait();
                }
                if (mine.add(object)) {
                    held.merge(object, 1, Integer::sum);
                }
            }
        }

        @Override
        public void close() {
            synchronized (Leases.this) {
                for (Object object : mine) {
                    held.computeIfPresent(object, (key, count) -> count == 1 ? null : count - 1);
                }
                mine.clear();
            }
        }
    }

    Lease open() {
        return new Lease();
    }

    /** Begins the deletion of {@code object}; false when a pull holds it. End it with {@link #release}. */
    synchronized boolean condemn(Object object) {
        return !held.containsKey(object) && condemned.add(object);
    }

    synchronized void release(Object object) {
        condemned.remove(object);
        notifyAll();
    }
}
