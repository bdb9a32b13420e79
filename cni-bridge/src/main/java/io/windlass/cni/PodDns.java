package io.windlass.cni;

import java.util.List;

/**
 * A resolver configuration; see resolv.conf(5).
 *
 * @param servers addresses of name servers
 * @param domain the local domain, or empty
 * @param searches domains to search
 * @param options resolver options
 */
public record PodDns(List<String> servers, String domain, List<String> searches, List<String> options) {

    /** Says nothing. */
    public static final PodDns NONE = new PodDns(List.of(), "", List.of(), List.of());

    public PodDns {
        servers = List.copyOf(servers);
        searches = List.copyOf(searches);
        options = List.copyOf(options);
    }

    public boolean isEmpty() {
        return servers.isEmpty() && domain.isEmpty() && searches.isEmpty() && options.isEmpty();
    }
}
