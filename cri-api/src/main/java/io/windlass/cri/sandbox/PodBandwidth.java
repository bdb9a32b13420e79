package io.windlass.cri.sandbox;

import io.windlass.cni.Bandwidth;
import io.windlass.cri.error.CriException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Limits of a pod's traffic as Kubernetes' annotations give them: quantities such as {@code 10M}, in bits per second. Pure. */
final class PodBandwidth {
    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final String EGRESS = "kubernetes.io/egress-bandwidth";
    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)");
    private static final long LEAST = 1000;
    private static final long MOST = 1_000_000_000_000_000L;
    private static final long BURST = 0xffff_ffffL; // bits; what others let pass at once

    private PodBandwidth() {}

    /**
     * Returns the limits, or null for none.
     *
     * @throws CriException INVALID_ARGUMENT for an annotation that is no quantity of 1k to 1P
     */
    static @Nullable Bandwidth of(Map<String, String> annotations) {
        long ingress = rate(INGRESS, annotations.get(INGRESS));
        long egress = rate(EGRESS, annotations.get(EGRESS));
        return ingress == 0 && egress == 0
                ? null
                : new Bandwidth(ingress, ingress == 0 ? 0 : BURST, egress, egress == 0 ? 0 : BURST);
    }

    private static long rate(String annotation, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return 0;
        }
        var quantity = QUANTITY.matcher(value);
        if (quantity.matches()) {
            String unit = quantity.group(2);
            long base = unit.endsWith("i") ? 1024 : 1000;
            int power = unit.isEmpty() ? 0 : "KMGTP".indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
            var rate = new BigDecimal(quantity.group(1)).multiply(BigDecimal.valueOf(base).pow(power));
            if (rate.compareTo(BigDecimal.valueOf(LEAST)) >= 0 && rate.compareTo(BigDecimal.valueOf(MOST)) <= 0) {
                return rate.longValue();
            }
        }
        throw CriException.invalidArgument(
                "annotation " + annotation + " is not valid: use a quantity of bits per second from 1k to 1P, such as 10M");
    }
}
