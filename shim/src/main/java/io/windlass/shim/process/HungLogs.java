package io.windlass.shim.process;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The file systems that a pump hangs at, and the streams whose logs are on them, which wait and cost no thread. */
final class HungLogs {
    private final Map<Long, Set<LogStream>> waiting = new HashMap<>();

    /** A pump hangs at this stream; returns the device to {@link #end} with. */
    synchronized long begin(LogStream stream) {
        long device = stream.device();
        stream.hold();
        waiting.computeIfAbsent(device, d -> new HashSet<>()).add(stream);
        return device;
    }

    /** Tells whether a stream must wait, and lets it. */
    synchronized boolean holds(LogStream stream) {
        Set<LogStream> others = waiting.get(stream.device());
        if (others == null) {
            return false;
        }
        stream.hold();
        others.add(stream);
        return true;
    }

    /** The pump has come back: all that waited go on. */
    void end(long device) {
        Set<LogStream> free;
        synchronized (this) {
            free = waiting.remove(device);
        }
        if (free != null) {
            free.forEach(LogStream::letGo);
        }
    }
}
