package io.windlass.cri.stream;

import java.io.IOException;
import java.util.List;

/** A target on a machine on which no thread can be made. */
class NoThreads implements StreamTarget {

    static final String MESSAGE = "unable to create native thread";

    /** What {@link Thread#start} throws then. */
    static OutOfMemoryError error() {
        return new OutOfMemoryError(MESSAGE);
    }

    @Override
    public String runningContainer(String id) {
        throw error();
    }

    @Override
    public String readySandbox(String id) {
        throw error();
    }

    @Override
    public Attached exec(String containerId, List<String> command, Wanted wanted) throws IOException {
        throw error();
    }

    @Override
    public Attached attach(String containerId, Wanted wanted) throws IOException {
        throw error();
    }

    @Override
    public Dialed dial(String sandboxId, int port) throws IOException {
        throw error();
    }
}
