package io.windlass.cri.sandbox;

import io.windlass.cni.Netns;
import io.windlass.cni.NetworkException;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.store.Retries;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the network with the sandboxes when a daemon starts, beside its other work: plugins may be slow.
 *
 * <p>
 * Attachments without a sandbox are taken back, until that succeeds; the plugins' GC is part of it. Those of ready sandboxes are checked, once: a
 * pod that lost its network meanwhile, say with the bridge, is named in the log, for nobody but its owner can say when it may be made again.
 */
final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

    private final SandboxStore store;
    private final SandboxParts parts;
    private final PodNetwork network;
    private final Retries retries;

    Attachments(SandboxStore store, SandboxParts parts, PodNetwork network, Retries retries) {
        this.store = store;
        this.parts = parts;
        this.network = network;
        this.retries = retries;
    }

    void review() {
        retries.now("collect attachments without a sandbox", this::collect);
        if (!store.all().isEmpty()) {
            retries.now("check attachments", this::check);
        }
    }

    private void collect() throws NetworkException {
        network.collect(id -> store.all().stream().anyMatch(sandbox -> sandbox.id().value().equals(id))
                || store.quarantined().stream().anyMatch(sandbox -> sandbox.value().equals(id)));
    }

    private void check() throws IOException {
        for (var sandbox : store.all()) {
            var lock = sandbox.lock().readLock();
            lock.lock();
            var record = sandbox.record();
            try (var netns = Netns.at(parts.paths(sandbox.id()).net())) {
                if (record.state() == SandboxState.READY && !record.hostNetwork()) {
                    network.check(PodAttachment.of(record), netns);
                }
            } catch (NetworkException e) {
                LOG.warn("event=network-check-failed sandbox={} error=\"{}\"", sandbox.id().shortened(), e.getMessage());
            } finally {
                lock.unlock();
            }
        }
    }
}
