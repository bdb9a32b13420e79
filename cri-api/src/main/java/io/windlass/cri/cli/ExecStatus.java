package io.windlass.cri.cli;

import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a streamed command ended, as the metav1 status of Kubernetes tells it.
 *
 * @param code     the exit code of a command that Exec began; 0 of one that goes on elsewhere
 * @param detached whether the person has left by the detach keys
 */
record ExecStatus(int code, boolean detached) {

    /**
     * Reads the status.
     *
     * @throws IOException for a command that could not be run, with the reason, and for no status at all
     */
    static ExecStatus of(String json) throws IOException {
        if (json.isBlank()) {
            throw new IOException("the stream ended before the command did: is the container still running, and the daemon");
        }
        try {
            JsonNode status = JsonMapper.shared().readTree(json);
            if (status.path("status").asString("").equals("Success")) {
                return new ExecStatus(0, status.path("reason").asString("").equals("Detached"));
            }
            for (JsonNode cause : status.path("details").path("causes")) {
                if (cause.path("reason").asString("").equals("ExitCode")) {
                    return new ExecStatus(Integer.parseInt(cause.path("message").asString("")), false);
                }
            }
            throw new IOException(status.path("message").asString(json));
        } catch (JacksonException | NumberFormatException e) {
            throw new IOException("the runtime's answer is no status: " + json, e);
        }
    }
}
