package io.windlass.cni;

import java.util.List;

/** A version of the CNI specification that Windlass speaks, and what came with it. */
enum CniVersion {
    V0_3_0("0.3.0"), V0_3_1("0.3.1"), V0_4_0("0.4.0"), V1_0_0("1.0.0"), V1_1_0("1.1.0");

    private final String text;

    CniVersion(String text) {
        this.text = text;
    }

    /** @throws ConfigException for a version that is not spoken here */
    static CniVersion parse(String text) throws ConfigException {
        for (CniVersion version : values()) {
            if (version.text.equals(text)) {
                return version;
            }
        }
        throw new ConfigException("cniVersion \"" + text + "\" is not supported: use one of " + supported());
    }

    static List<String> supported() {
        return List.of(values()).stream().map(v -> v.text).toList();
    }

    /** CHECK, and a prevResult for DEL. */
    boolean hasCheck() {
        return compareTo(V0_4_0) >= 0;
    }

    /** STATUS and GC. */
    boolean hasStatusAndGc() {
        return compareTo(V1_1_0) >= 0;
    }

    /** Addresses carry their family as {@code "version": "4"}. */
    boolean namesFamily() {
        return compareTo(V1_0_0) < 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
