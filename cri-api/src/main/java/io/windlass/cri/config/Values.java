package io.windlass.cri.config;

import java.util.HashMap;
import java.util.Map;

/** What files have set, by setting; a later file goes before an earlier one, key by key. */
record Values(Map<Setting<?>, Object> set) {

    /** Nothing set. */
    static final Values NONE = new Values(Map.of());

    Values {
        set = Map.copyOf(set);
    }

    /** The value, or the default. */
    <T> T get(Setting<T> setting) {
        return getOr(setting, setting.fallback());
    }

    /** The value, or another one. */
    @SuppressWarnings("unchecked") // set only holds what the setting's kind has read
    <T> T getOr(Setting<T> setting, T other) {
        return (T) set.getOrDefault(setting, other);
    }

    /** These values, and those of the later file over them. */
    Values overlaid(Values later) {
        Map<Setting<?>, Object> merged = new HashMap<>(set);
        merged.putAll(later.set);
        return new Values(merged);
    }
}
