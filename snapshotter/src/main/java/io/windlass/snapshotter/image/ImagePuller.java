package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Index;
import io.windlass.snapshotter.oci.Manifest;
import io.windlass.snapshotter.oci.Platform;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.registry.Credentials;
import io.windlass.snapshotter.registry.RegistryClient;
import io.windlass.snapshotter.registry.Repository;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pulls one image: name to manifest to configuration to layers to record. */
final class ImagePuller {
    private static final int INDEX_DEPTH = 4;

    /** A manifest, and whether an index says what it runs on: that corrects what the configuration says. */
    private record Found(Manifest manifest, boolean named) {}

    private final RegistryClient registry;
    private final ContentStore content;
    private final ImageUnpacker unpacker;
    private final ImageStore images;
    private final Leases leases;
    private final Platform platform;
    private final InstantSource clock;

    ImagePuller(RegistryClient registry, ContentStore content, ImageUnpacker unpacker, ImageStore images, Leases leases, Platform platform,
            InstantSource clock) {
        this.registry = registry;
        this.content = content;
        this.unpacker = unpacker;
        this.images = images;
        this.leases = leases;
        this.platform = platform;
        this.clock = clock;
    }

    Image pull(Reference reference, @Nullable Credentials credentials, Progress progress) throws ImageException, InterruptedException {
        try (Leases.Lease lease = leases.open()) {
            Repository repository = registry.repository(reference, credentials);
            Descriptor target = repository.resolve();
            progress.report(new Progress.Resolved(reference, target.digest()));
            Set<Digest> blobs = new LinkedHashSet<>();
            Found found = manifest(repository, target, lease, blobs);
            Manifest manifest = found.manifest;
            lease.protect(manifest.config().digest());
            blobs.add(manifest.config().digest());
            ImageConfig config = config(reference, found, document(repository, manifest.config(), false));
            for (Descriptor layer : manifest.layers()) {
                lease.protect(layer.digest());
                blobs.add(layer.digest());
            }
            for (ChainId chain : ChainId.all(config.diffIds())) {
                lease.protect(chain);
            }
            unpacker.unpack(manifest, config, repository::blob, progress);
            Map<Reference, Digest> names = new HashMap<>();
            reference.tagged().ifPresent(tag -> names.put(tag, target.digest()));
            names.put(reference.at(target.digest()), target.digest());
            Image image = images.add(
                    new ImageRecord(manifest.config().digest(), names, ChainId.of(config.diffIds()), manifest.size(), blobs,
                            clock.millis()),
                    config);
            progress.report(new Progress.Complete(image));
            return image;
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw ImageException.of("cannot pull " + reference, e);
        }
    }

    private Found manifest(Repository repository, Descriptor target, Leases.Lease lease, Set<Digest> seen)
            throws IOException, InterruptedException {
        Descriptor at = target;
        for (int depth = 0; depth < INDEX_DEPTH && seen.add(at.digest()); depth++) {
            lease.protect(at.digest());
            switch (Document.parse(document(repository, at, true), at.mediaType())) {
                case Manifest manifest -> {
                    return new Found(manifest, at.platform() != null);
                }
                case Index index -> {
                    Optional<Descriptor> chosen = index.choose(platform);
                    at = chosen.orElseThrow(() -> new ImageException(Kind.NOT_FOUND,
                            "the image has no manifest for " + platform + ", only for " + index.offers()
                                    + ": pull another tag, or build it for this platform"));
                }
            }
        }
        throw new ImageException(Kind.INVALID_ARGUMENT,
                "the image's indexes are nested deeper than " + INDEX_DEPTH + " or lead in a circle");
    }

    private byte[] document(Repository repository, Descriptor descriptor, boolean manifest) throws IOException {
        Optional<byte[]> present = content.find(descriptor.digest(), Document.LIMIT);
        byte[] bytes = present.isPresent() ? present.get() : manifest ? repository.manifest(descriptor) : repository.smallBlob(descriptor);
        if (bytes.length != descriptor.size()) {
            throw new ImageException(Kind.DATA_LOSS,
                    descriptor.digest() + " has " + bytes.length + " bytes, its descriptor says " + descriptor.size());
        }
        if (present.isEmpty()) {
            content.write(descriptor.digest(), bytes);
        }
        return bytes;
    }

    private ImageConfig config(Reference reference, Found found, byte[] bytes) throws ImageException {
        ImageConfig config = ImageConfig.parse(bytes);
        int layers = found.manifest.layers().size();
        if (config.diffIds().size() != layers) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    reference + " is no image that can run: its manifest has " + layers + " layers, its configuration "
                            + config.diffIds().size());
        }
        if (!found.named && !config.platform().architecture().isEmpty() && platform.suits(config.platform()) == 0) {
            throw new ImageException(Kind.NOT_FOUND, reference + " is for " + config.platform() + ", not for " + platform);
        }
        return config;
    }
}
