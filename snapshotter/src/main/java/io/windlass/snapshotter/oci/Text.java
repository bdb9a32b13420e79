package io.windlass.snapshotter.oci;

/** Foreign text made fit for a message: short, one line, nothing that a terminal acts on or that hides. */
public final class Text {
    private static final int LIMIT = 128;

    private Text() {}

    /** Returns at most 128 characters of {@code text} with every control and format character replaced by {@code ?}. */
    public static String shorten(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), LIMIT) + 1);
        for (int i = 0; i < text.length() && i < LIMIT; i++) {
            char c = text.charAt(i);
            out.append(acts(c) ? '?' : c);
        }
        return text.length() > LIMIT ? out.append('…').toString() : out.toString();
    }

    private static boolean acts(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
