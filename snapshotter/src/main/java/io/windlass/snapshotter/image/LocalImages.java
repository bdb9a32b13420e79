package io.windlass.snapshotter.image;

import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.Credentials;
import io.windlass.snapshotter.registry.RegistryClient;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Usage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The images in a root directory: {@code content}, {@code images}, and the snapshots that the caller opened. */
public final class LocalImages implements Images {

    private record PullKey(Reference reference, @Nullable Credentials credentials) {}

    private final Snapshotter snapshots;
    private final ContentStore content;
    private final ImageStore store;
    private final ImageFinder finder;
    private final Leases leases = new Leases();
    private final RegistryClient registry;
    private final ImagePuller puller;
    private final LayerRestore restore;
    private final LayerImport importer;
    private final GarbageCollector collector;
    private final Map<PullKey, RunningPull> pulls = new HashMap<>();
    private volatile Thread restoring;
    private boolean closed;

    private LocalImages(Path root, Snapshotter snapshots, ImageOptions options, InstantSource clock) throws ImageException {
        this.snapshots = snapshots;
        this.content = ContentStore.open(root.resolve("content"));
        this.store = ImageStore.open(root.resolve("images"), content, options.pinned());
        this.finder = new ImageFinder(store);
        this.registry = new RegistryClient(options.hosts(), options.stall());
        ImageUnpacker unpacker = new ImageUnpacker(content, snapshots, options.parallelLayers());
        this.puller = new ImagePuller(registry, content, unpacker, store, leases, options.platform(), clock);
        this.restore = new LayerRestore(store, content, snapshots, unpacker, leases);
        this.restoring = restorer();
        this.importer = new LayerImport(content, unpacker, store, leases, clock);
        this.collector = new GarbageCollector(store, content, snapshots, leases);
    }

    /**
     * Opens or makes the images in {@code root}, and clears up what an earlier process left unfinished. Layers that were lost are made anew beside
     * the caller's work. Where that fails for a reason that may pass, it is tried again whenever their image is looked for.
     */
    public static LocalImages open(Path root, Snapshotter snapshots, ImageOptions options) throws ImageException {
        LocalImages images = new LocalImages(root, snapshots, options, InstantSource.system());
        if (!images.restore.incomplete().isEmpty()) {
            images.restoreBeside();
        }
        return images;
    }

    private Thread restorer() {
        return Thread.ofPlatform().name("restore").daemon().unstarted(restore::run);
    }

    /** Makes layers that were lost anew beside the caller's work, unless that is under way. */
    private synchronized void restoreBeside() {
        if (!closed && !restoring.isAlive()) {
            restoring = restorer();
            restoring.start();
        }
    }

    /** Waits until the layers that were lost are there again, or their images given up. */
    void awaitRestored() throws InterruptedException {
        restoring.join();
    }

    @Override
    public Image pull(Reference reference, @Nullable Credentials credentials, Progress progress)
            throws ImageException, InterruptedException {
        while (true) {
            RunningPull current = running(new PullKey(reference, credentials));
            if (current.join(progress)) {
                return current.await(progress);
            }
            current.ended();
        }
    }

    private RunningPull running(PullKey key) {
        synchronized (pulls) {
            RunningPull present = pulls.get(key);
            if (present != null) {
                return present;
            }
            RunningPull[] self = new RunningPull[1];
            RunningPull started = new RunningPull("pull-" + key.reference.path(),
                    hears -> pull(key, hears), () -> {
                        synchronized (pulls) {
                            pulls.remove(key, self[0]);
                        }
                    });
            self[0] = started;
            pulls.put(key, started);
            return started;
        }
    }

    /** Pulls, and where the disk is full gives up what nobody needs. */
    private Image pull(PullKey key, Progress progress) throws ImageException, InterruptedException {
        try {
            return puller.pull(key.reference, key.credentials, progress);
        } catch (ImageException e) {
            if (e.kind() == Kind.RESOURCE_EXHAUSTED && !Shortage.isBehind(e)) {
                collectAfter(e);
            }
            throw e;
        }
    }

    private void collectAfter(ImageException failure) {
        try {
            collector.collect();
        } catch (ImageException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public List<Image> list() {
        return store.entries().values().stream().map(ImageStore.Entry::image).sorted((a, b) -> a.id().compareTo(b.id())).toList();
    }

    @Override
    public Optional<Image> find(String idOrName) throws ImageException {
        Optional<Image> found = finder.find(idOrName).map(ImageStore.Entry::image);
        if (found.isPresent() && !snapshots.has(found.get().chainId())) {
            restoreBeside();
        }
        return found;
    }

    @Override
    public void remove(String idOrName) throws ImageException {
        Optional<ImageStore.Entry> found = finder.find(idOrName);
        if (found.isPresent()) {
            store.remove(found.get().record().id());
            collector.collect();
        }
    }

    @Override
    public Image importLayer(Reference reference, InputStream tar, ImageConfig config) throws ImageException {
        return importer.run(reference, tar, config);
    }

    @Override
    public String verbose(Image image) throws ImageException {
        ObjectNode root = Json.object();
        root.put("chainID", image.chainId().equals(ChainId.EMPTY) ? "" : image.chainId().toString());
        root.set("imageSpec", Json.object(content.read(image.id(), Document.LIMIT), "the image configuration"));
        return new String(Json.bytes(root), StandardCharsets.UTF_8);
    }

    @Override
    public ImageFilesystem filesystem() throws ImageException {
        Usage used = Usage.NONE;
        for (ChainId chain : snapshots.committed()) {
            used = used.plus(usageOrNone(chain));
        }
        return new ImageFilesystem(snapshots.directory(), used);
    }

    private Usage usageOrNone(ChainId chain) throws ImageException {
        try {
            return snapshots.usage(chain);
        } catch (ImageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Usage.NONE;
            }
            throw e;
        }
    }

    @Override
    public int collectGarbage() throws ImageException {
        return collector.collect();
    }

    @Override
    public void close() {
        List<RunningPull> running;
        synchronized (pulls) {
            running = List.copyOf(pulls.values());
        }
        running.forEach(RunningPull::cancel);
        synchronized (this) {
            closed = true;
            restoring.interrupt();
        }
        registry.close();
    }
}
