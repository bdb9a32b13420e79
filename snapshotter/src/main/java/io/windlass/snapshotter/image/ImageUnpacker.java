package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.BlobSource;
import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.layer.ImpliedDirectories;
import io.windlass.snapshotter.layer.LayerApplier;
import io.windlass.snapshotter.layer.Limits;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Manifest;
import io.windlass.snapshotter.snapshot.OverlayDirs;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings the layers of an image that are missing into the snapshotter: side by side, then all visible at once. */
final class ImageUnpacker {
    private final ContentStore content;
    private final Snapshotter snapshots;
    private final int parallel;

    ImageUnpacker(ContentStore content, Snapshotter snapshots, int parallel) {
        this.content = content;
        this.snapshots = snapshots;
        this.parallel = parallel;
    }

    /**
     * Fetches and unpacks, and returns when all is on disk.
     *
     * @param sources where a blob comes from that is not in the store; null for nowhere
     */
    void unpack(Manifest manifest, ImageConfig config, Function<Descriptor, @Nullable BlobSource> sources, Progress progress)
            throws ImageException, InterruptedException {
        List<ChainId> chains = ChainId.all(config.diffIds());
        List<LayerPull> pulls = new ArrayList<>();
        LayerApplier applier = new LayerApplier(Limits.DEFAULT);
        for (int i = 0; i < chains.size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            if (snapshots.has(chains.get(i))) {
                checkLength(layer);
                progress.report(new Progress.Present(layer.digest(), layer.size()));
            } else {
                pulls.add(new LayerPull(content, snapshots, applier, layer, config.diffIds().get(i), chains.get(i),
                        i == 0 ? ChainId.EMPTY : chains.get(i - 1),
                        sources.apply(layer), progress));
            }
        }
        try {
            runAll(pulls);
            settle(pulls);
            snapshots.commit(pulls.stream().map(LayerPull::extraction).toList());
        } finally {
            close(pulls);
        }
    }

    /** The lengths that a manifest gives become the image's. A damaged blob is no reason against a layer that is unpacked already. */
    private void checkLength(Descriptor layer) throws ImageException {
        StoredBlob blob = new StoredBlob(content, layer);
        try {
            blob.checkLength();
        } catch (ImageException e) {
            if (!blob.deleteIfDamaged()) {
                throw e;
            }
        }
    }

    private void runAll(List<LayerPull> pulls) throws ImageException, InterruptedException {
        if (pulls.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallel, pulls.size()),
                Thread.ofPlatform().name("unpack-", 0).daemon().factory());
        try (threads) {
            CompletionService<Void> done = new ExecutorCompletionService<>(threads);
            pulls.forEach(pull -> done.submit(pull::run));
            try {
                for (int i = 0; i < pulls.size(); i++) {
                    done.take().get();
                }
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            } finally {
                pulls.forEach(LayerPull::cancelUnlessDone);
            }
        }
    }

    private static ImageException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case ImageException failure -> failure;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null, default -> new ImageException(ImageException.Kind.INTERNAL, "cannot unpack a layer: " + cause, cause);
        };
    }

    /** Gives directories that layers did not name the attributes of those below. The lowest first: one layer's are the next one's source. */
    private void settle(List<LayerPull> pulls) throws ImageException {
        List<Path> below = new ArrayList<>();
        for (LayerPull pull : pulls) {
            if (below.isEmpty() && !pull.parent().equals(ChainId.EMPTY)) {
                OverlayDirs dirs = snapshots.view(pull.parent());
                dirs.lowers().forEach(lower -> below.add(dirs.base().resolve(lower)));
            }
            ImpliedDirectories.settle(pull.extraction().directory(), pull.implied(), below);
            below.addFirst(pull.extraction().directory());
        }
    }

    private static void close(List<LayerPull> pulls) throws ImageException {
        boolean interrupted = Thread.interrupted();
        ImageException failure = null;
        for (LayerPull pull : pulls) {
            try {
                pull.close();
            } catch (ImageException e) {
                failure = e;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
