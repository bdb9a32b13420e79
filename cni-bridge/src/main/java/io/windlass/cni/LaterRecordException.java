package io.windlass.cni;

/** A record of a later daemon: neither to be read nor to be touched. */
final class LaterRecordException extends ConfigException {
    private static final long serialVersionUID = 1L;

    LaterRecordException(int version) {
        super("it has version " + version + " of a later windlass");
    }
}
