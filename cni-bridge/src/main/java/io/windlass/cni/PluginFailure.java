package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import io.windlass.cni.PluginOutcome.Exit;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns a plugin's failure into an exception that says which plugin, what it said and what to do (CNI specification 1.1, section 5, "Error"). */
final class PluginFailure {
    private static final int INCOMPATIBLE_VERSION = 1;
    private static final int TRY_AGAIN_LATER = 11;
    private static final int NOT_AVAILABLE = 50;
    private static final int LIMITED_CONNECTIVITY = 51;
    private static final int MAX_MESSAGE = 512;

    private PluginFailure() {}

    /** @param step {@code network "n" (file): plugin "p" on ADD} */
    static NetworkException of(String step, PluginOutcome outcome) {
        return switch (outcome.exit()) {
            case Exit.DeadlineExceeded(long millis) -> new NetworkException(Kind.TIMEOUT,
                    step + " did not end within " + millis + " ms and was killed; " + said(outcome, "look into its own log"));
            case Exit.TooMuchOutput() -> new NetworkException(Kind.FAILED,
                    step + " wrote more than " + PluginOutcome.MAX_OUTPUT + " bytes and was killed: it is not a CNI plugin, or broken");
            case Exit.Signaled(int signal) -> new NetworkException(Kind.FAILED,
                    step + " was killed by signal " + signal + "; " + said(outcome, "look into the kernel's log"));
            case Exit.Exited(int code) -> exited(step, code, outcome);
        };
    }

    private static NetworkException exited(String step, int exitCode, PluginOutcome outcome) {
        ObjectNode error = error(outcome.stdout());
        if (error == null) {
            return new NetworkException(Kind.FAILED, step + " exited with " + exitCode + " and reported no error in JSON; "
                    + said(outcome, "it wrote nothing: run it by hand, or look into its own log"));
        }
        int code = error.path("code").asInt(0);
        String details = Json.text(error, "details");
        String message = clip(Json.text(error, "msg") + (details.isEmpty() ? "" : ": " + details));
        return switch (code) {
            case TRY_AGAIN_LATER -> new NetworkException(Kind.TRY_AGAIN, step + " asked to try again later: " + message);
            case NOT_AVAILABLE, LIMITED_CONNECTIVITY ->
                new NetworkException(Kind.NOT_READY, step + " says that it is not available: " + message);
            case INCOMPATIBLE_VERSION -> new NetworkException(Kind.FAILED,
                    step + " does not speak the list's cniVersion: " + message + "; set cniVersion to one that the plugin supports");
            default -> new NetworkException(Kind.FAILED, step + " failed with code " + code + ": " + message);
        };
    }

    private static @Nullable ObjectNode error(byte[] stdout) {
        try {
            ObjectNode error = Json.parseObject(stdout);
            return error.path("code").asInt(0) != 0 || !Json.text(error, "msg").isEmpty() ? error : null;
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    private static String said(PluginOutcome outcome, String otherwise) {
        byte[] bytes = outcome.stderr().length > 0 ? outcome.stderr() : outcome.stdout();
        String text = clip(new String(bytes, StandardCharsets.UTF_8).strip());
        return text.isEmpty() ? otherwise : "it wrote: " + text;
    }

    /** The last part, on one line: an error comes at the end of an output. */
    private static String clip(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = Math.max(0, text.length() - MAX_MESSAGE); i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(c < ' ' || c == 0x7f ? ' ' : c);
        }
        return line.toString();
    }
}
