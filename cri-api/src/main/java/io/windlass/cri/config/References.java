package io.windlass.cri.config;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Reference;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A list of image references; one may stand without brackets. Of one with a tag and a digest the digest counts, as at a pull. */
record References() implements Kind<List<Reference>> {

    @Override
    public List<Reference> read(JsonNode node) {
        return node.isArray()
                ? StreamSupport.stream(node.spliterator(), false).map(References::reference).toList()
                : List.of(reference(node));
    }

    private static Reference reference(JsonNode node) {
        try {
            var reference = Reference.parse(Kind.text().read(node));
            var digest = reference.digest();
            return digest == null ? reference : reference.at(digest);
        } catch (ImageException e) {
            throw new IllegalArgumentException("want image references like registry.k8s.io/pause:3.10.1: " + e.getMessage(), e);
        }
    }

    @Override
    public String write(List<Reference> value) {
        return value.stream().map(reference -> Kind.text().write(reference.toString())).collect(Collectors.joining(", ", "[", "]"));
    }
}
