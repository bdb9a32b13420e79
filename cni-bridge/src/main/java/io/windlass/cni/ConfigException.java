package io.windlass.cni;

import org.jspecify.annotations.Nullable;

/** A network configuration that cannot be used; the message says what is wrong with it, the caller adds the file. */
class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        this(message, null);
    }

    ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
