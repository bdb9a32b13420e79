package io.windlass.cri.cli;

import io.windlass.cri.cli.args.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options of the form KEY=VALUE. */
final class KeyValues {

    private KeyValues() {}

    /**
     * The pairs in their order.
     *
     * @param option how messages name the option, without dashes
     */
    static Map<String, String> map(List<String> words, String option) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw new UsageException("--" + option + " wants KEY=VALUE, not \"" + word + "\"");
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }
}
