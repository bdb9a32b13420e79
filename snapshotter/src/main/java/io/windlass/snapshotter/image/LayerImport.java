package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import io.windlass.snapshotter.oci.Manifest;
import io.windlass.snapshotter.oci.MediaType;
import io.windlass.snapshotter.oci.Reference;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Makes an image of one layer from a tar stream of this machine. */
final class LayerImport {
    private final ContentStore content;
    private final ImageUnpacker unpacker;
    private final ImageStore images;
    private final Leases leases;
    private final InstantSource clock;

    LayerImport(ContentStore content, ImageUnpacker unpacker, ImageStore images, Leases leases, InstantSource clock) {
        this.content = content;
        this.unpacker = unpacker;
        this.images = images;
        this.leases = leases;
        this.clock = clock;
    }

    Image run(Reference reference, InputStream tar, ImageConfig given) throws ImageException {
        if (reference.tagged().isEmpty()) {
            throw new ImageException(Kind.INVALID_ARGUMENT, reference + " has no tag to name an imported image by");
        }
        try (Leases.Lease lease = leases.open()) {
            Digest diffId = content.add(tar);
            lease.protect(diffId);
            lease.protect(ChainId.EMPTY.push(diffId));
            Descriptor layer = new Descriptor(MediaType.OCI_LAYER, diffId, content.size(diffId).orElse(0), null);
            ImageConfig config = given.withDiffIds(List.of(diffId));
            Descriptor configuration = store(lease, MediaType.OCI_CONFIG, config.toJson());
            Manifest manifest = new Manifest(configuration, List.of(layer));
            Descriptor target = store(lease, MediaType.OCI_MANIFEST, manifest(manifest));
            unpacker.unpack(manifest, config, missing -> null, Progress.NONE);
            Map<Reference, Digest> names = Map.of(reference, target.digest(), reference.at(target.digest()), target.digest());
            Set<Digest> blobs = Set.of(diffId, configuration.digest(), target.digest());
            return images.add(
                    new ImageRecord(configuration.digest(), names, ChainId.of(config.diffIds()), manifest.size(), blobs, clock.millis()),
                    config);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(Kind.UNAVAILABLE, "interrupted while " + reference + " was imported", e);
        }
    }

    private Descriptor store(Leases.Lease lease, String mediaType, byte[] bytes) throws ImageException, InterruptedException {
        Digest digest = Digest.sha256(bytes);
        lease.protect(digest);
        if (!content.has(digest)) {
            content.write(digest, bytes);
        }
        return new Descriptor(mediaType, digest, bytes.length, null);
    }

    private static byte[] manifest(Manifest manifest) {
        ObjectNode root = Json.object().put("schemaVersion", 2).put("mediaType", MediaType.OCI_MANIFEST);
        describe(root.putObject("config"), manifest.config());
        manifest.layers().forEach(layer -> describe(root.withArray("layers").addObject(), layer));
        return Json.bytes(root);
    }

    private static void describe(ObjectNode node, Descriptor descriptor) {
        node.put("mediaType", descriptor.mediaType()).put("digest", descriptor.digest().toString()).put("size", descriptor.size());
    }
}
