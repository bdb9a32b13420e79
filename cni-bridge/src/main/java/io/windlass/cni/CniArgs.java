package io.windlass.cni;

/** CNI_ARGS as Kubernetes' plugins expect it. */
final class CniArgs {
    private CniArgs() {}

    /** @throws NetworkException of kind INVALID where a value would add an argument of its own */
    static String of(Attachment attachment) throws NetworkException {
        return "IgnoreUnknown=1" + arg("K8S_POD_NAMESPACE", attachment.podNamespace()) + arg("K8S_POD_NAME", attachment.podName())
                + arg("K8S_POD_INFRA_CONTAINER_ID", attachment.sandboxId()) + arg("K8S_POD_UID", attachment.podUid());
    }

    private static String arg(String key, String value) throws NetworkException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ';' || c == '=' || c < ' ' || c == 0x7f) {
                throw new NetworkException(NetworkException.Kind.INVALID,
                        key + " cannot be handed to CNI plugins: \"" + value + "\" holds ';', '=' or a control character");
            }
        }
        return ";" + key + "=" + value;
    }
}
