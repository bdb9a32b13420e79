package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.process.Launcher;
import io.windlass.shim.process.PreparedStart;
import io.windlass.shim.spec.ContainerSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start begins with and a creation does ahead of it: the cgroup with its limits, and the program. A few are kept, for a kubelet starts what
 * it has just created; where there is none, the start makes both.
 */
final class PreparedStarts {
    private static final Logger LOG = LoggerFactory.getLogger(PreparedStarts.class);
    private static final int KEPT = 16;

    private final ContainerStore store;
    private final ContainerCgroups cgroups;
    private final Launcher launcher;
    private final Map<ObjectId, PreparedStart> kept = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectId, PreparedStart> eldest) {
            return size() > KEPT;
        }
    };

    PreparedStarts(ContainerStore store, ContainerCgroups cgroups, Launcher launcher) {
        this.store = store;
        this.cgroups = cgroups;
        this.launcher = launcher;
    }

    /** Prepares the start of a container that has been created, unless somebody has found and started or removed it already. */
    void prepare(Container container, SandboxRecord sandbox) {
        container.lock().lock();
        try {
            var spec = container.spec();
            if (spec != null && container.record().life() instanceof Created && store.get(container.id()).isPresent()) {
                var made = make(container.record(), sandbox, spec);
                synchronized (kept) {
                    kept.put(container.id(), made);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("event=not-prepared container={} error=\"{}\"", container.id().shortened(), e.getMessage()); // the start will tell
        } finally {
            container.lock().unlock();
        }
    }

    /** Returns the start of a container, whose cgroup is there then. Only with the container's lock. */
    PreparedStart take(ContainerRecord container, SandboxRecord sandbox, ContainerSpec spec) throws IOException {
        PreparedStart made;
        synchronized (kept) {
            made = kept.remove(container.id());
        }
        if (made != null && made.spec() == spec && cgroups.of(container.id(), sandbox).exists()) {
            return made;
        }
        return make(container, sandbox, spec);
    }

    private PreparedStart make(ContainerRecord container, SandboxRecord sandbox, ContainerSpec spec) throws IOException {
        ContainerCgroups.apply(cgroups.create(container.id(), sandbox), spec.linux().resources(), "container " + container.id());
        return launcher.prepare(spec, container.config().getStdin());
    }
}
