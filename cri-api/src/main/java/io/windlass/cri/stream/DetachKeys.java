package io.windlass.cri.stream;

/**
 * The keys by which a person leaves a terminal that was attached to. The container runs on, and its input stays open.
 *
 * <pre>
 * DetachKeys.parse("ctrl-p,ctrl-q")  // the bytes 16 and 17, one after the other
 * DetachKeys.parse("")               // none: every key goes to the terminal
 * </pre>
 */
public final class DetachKeys {

    /** Every key goes to the terminal. */
    static final DetachKeys NONE = new DetachKeys(new byte[0]);

    private static final String CTRL = "ctrl-";
    /** What is pressed together with the control key, at the index of the byte that comes of it. */
    private static final String CONTROLS = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

    private final byte[] keys;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /**
     * Parses keys with commas between them, each a character or {@code ctrl-} and one of {@code a-z @ [ \ ] ^ _}, as Docker takes them.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static DetachKeys parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] names = text.split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            int key = key(names[i]);
            if (key < 0) {
                throw new IllegalArgumentException("not detach keys: \"" + text
                        + "\", write characters, or ctrl- and one of a-z @ [ \\ ] ^ _, with commas between them, such as ctrl-p,ctrl-q");
            }
            keys[i] = (byte) key;
        }
        return new DetachKeys(keys);
    }

    /** The byte of a key, negative for what is none. */
    private static int key(String name) {
        if (name.length() == 1) {
            char c = name.charAt(0);
            return c >= ' ' && c <= '~' ? c : -1;
        }
        return name.startsWith(CTRL) && name.length() == CTRL.length() + 1 ? CONTROLS.indexOf(name.charAt(CTRL.length())) : -1;
    }

    /**
     * A terminal's input behind these keys.
     *
     * @param detach runs once, when all keys have come; nothing reaches the input after it, nor its end
     */
    ClientStream.Receiver before(ClientStream.Receiver input, Runnable detach) {
        return keys.length == 0 ? input : new DetachInput(keys, input, detach);
    }
}
