package io.windlass.cri.store;

/** Work beside the caller's own. */
public final class Beside {
    private Beside() {}

    /**
     * Runs {@code work} on a virtual thread, or on the caller's where none can be had: those that carry virtual threads end when there is nothing to do,
     * and at the limit of processes no other can be made.
     */
    public static void run(Runnable work) {
        try {
            Thread.startVirtualThread(work);
        } catch (OutOfMemoryError e) { // it has not been started, and never will be
            work.run();
        }
    }
}
