package io.windlass.snapshotter.registry;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Which token servers belong to a registry. */
final class Realms {
    private Realms() {}

    /** Tells whether both are one host, or names below one registered domain. Addresses must be the same. */
    static boolean belongs(URI registry, URI realm) {
        String one = registry.getHost().toLowerCase(Locale.ROOT);
        String other = String.valueOf(realm.getHost()).toLowerCase(Locale.ROOT);
        if (one.equals(other)) {
            return true;
        }
        String domain = domain(one);
        return !domain.isEmpty() && domain.equals(domain(other));
    }

    /** Returns the last two labels, or three where a country's domain has short ones (co.uk); empty for an address or a single label. */
    private static String domain(String host) {
        List<String> labels = List.of(host.split("\\.", -1));
        String top = labels.getLast();
        if (labels.size() < 2 || top.isEmpty() || !top.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            return "";
        }
        int keep = top.length() == 2 && labels.get(labels.size() - 2).length() <= 3 ? 3 : 2;
        return labels.size() < keep ? "" : String.join(".", labels.subList(labels.size() - keep, labels.size()));
    }
}
