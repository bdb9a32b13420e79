package io.windlass.snapshotter.oci;

import io.windlass.snapshotter.oci.ImageException.Kind;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A normalised image reference: {@code domain/path[:tag][@digest]}, with at least a tag or a digest.
 *
 * <p>
 * Short names are read as Docker reads them: {@code busybox} is {@code docker.io/library/busybox:latest}. The first component is a domain only when
 * it holds a dot or a colon, or is {@code localhost}, or has an upper-case letter.
 *
 * @param domain the registry as it is named, with its port: {@code docker.io}, {@code 127.0.0.1:5000}
 * @param path the repository in that registry: {@code library/busybox}
 * @param tag the tag, or null
 * @param digest the digest of the manifest or index, or null
 */
public record Reference(String domain, String path, @Nullable String tag, @Nullable Digest digest) implements Comparable<Reference> {
    private static final int NAME_LIMIT = 255;
    private static final String DOCKER = "docker.io";
    private static final String DOCKER_LEGACY = "index.docker.io";
    private static final String LIBRARY = "library/";
    private static final String LABEL = "[a-zA-Z0-9][a-zA-Z0-9-]*+(?<!-)";
    private static final Pattern DOMAIN = Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*+|\\[[a-fA-F0-9:]++])(?::[0-9]{1,5})?");
    private static final String COMPONENT = "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+";
    private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*+");
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");

    /**
     * Parses and normalises.
     *
     * @throws ImageException of kind INVALID_ARGUMENT, naming the part that is wrong
     */
    public static Reference parse(String text) throws ImageException {
        int at = text.indexOf('@');
        Digest digest = at < 0 ? null : Digest.parse(text.substring(at + 1));
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        String tag = null;
        if (colon > named.lastIndexOf('/')) {
            tag = named.substring(colon + 1);
            named = named.substring(0, colon);
        }
        int slash = named.indexOf('/');
        boolean hasDomain = slash > 0 && isDomain(named.substring(0, slash));
        String domain = hasDomain ? named.substring(0, slash) : DOCKER;
        String path = hasDomain ? named.substring(slash + 1) : named;
        if (domain.equals(DOCKER_LEGACY)) {
            domain = DOCKER;
        }
        if (domain.equals(DOCKER) && path.indexOf('/') < 0) {
            path = LIBRARY + path;
        }
        if (tag == null && digest == null) {
            tag = "latest";
        }
        return checked(text, new Reference(domain, path, tag, digest));
    }

    private static boolean isDomain(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")
                || first.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
    }

    private static Reference checked(String text, Reference ref) throws ImageException {
        String tag = ref.tag;
        if (ref.domain.length() + ref.path.length() + 1 > NAME_LIMIT) {
            throw invalid(text, "its name is longer than " + NAME_LIMIT + " characters");
        }
        if (!DOMAIN.matcher(ref.domain).matches()) {
            throw invalid(text, "\"" + Text.shorten(ref.domain) + "\" is no registry host");
        }
        if (!PATH.matcher(ref.path).matches()) {
            throw invalid(text, "a repository is lower-case letters and digits with single . _ / or dashes between");
        }
        if (tag != null && !TAG.matcher(tag).matches()) {
            throw invalid(text, "a tag is 1 to 128 letters, digits, _ . or -, and does not begin with . or -");
        }
        return ref;
    }

    private static ImageException invalid(String text, String why) {
        return new ImageException(Kind.INVALID_ARGUMENT, "invalid image reference \"" + Text.shorten(text) + "\": " + why);
    }

    /** Returns {@code domain/path}. */
    public String repository() {
        return domain + "/" + path;
    }

    /** Returns what to ask a registry for: the digest when there is one, else the tag. */
    public String object() {
        return digest != null ? digest.toString() : String.valueOf(tag);
    }

    /** Returns {@code domain/path:tag}, or nothing for a reference pinned by digest: its tag, if any, promises nothing. */
    public Optional<Reference> tagged() {
        return digest == null ? Optional.of(this) : Optional.empty();
    }

    /** Returns {@code domain/path@digest}. */
    public Reference at(Digest target) {
        return new Reference(domain, path, null, target);
    }

    @Override
    public int compareTo(Reference other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return repository() + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
