package io.windlass.cri.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A type of value: how it is read from TOML, and how a default is written. */
interface Kind<T> {

    /**
     * The value of the node.
     *
     * @throws IllegalArgumentException when the node has the wrong type or its value is out of range; the message says what is wanted
     */
    T read(JsonNode node);

    /** The value as TOML. */
    String write(T value);

    /** Any text. */
    static Kind<String> text() {
        return new Text();
    }

    /** An absolute path. */
    static Kind<Path> path() {
        return new AbsolutePath();
    }

    /** A list of absolute paths; one path may stand without brackets. */
    static Kind<List<Path>> paths() {
        return new Paths();
    }

    /** A whole number from least to most. */
    static Kind<Long> number(long least, long most) {
        return new Whole(least, most);
    }

    /** One of the constants, in lower case. */
    static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        return new OneOf<>(type);
    }

    /** See {@link #text()}. */
    record Text() implements Kind<String> {

        @Override
        public String read(JsonNode node) {
            if (!node.isString()) {
                throw new IllegalArgumentException("want a string");
            }
            return node.stringValue();
        }

        @Override
        public String write(String value) {
            return '"' + value + '"';
        }
    }

    /** See {@link #path()}. */
    record AbsolutePath() implements Kind<Path> {

        @Override
        public Path read(JsonNode node) {
            String text = text().read(node);
            if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("want an absolute path, not \"" + text + "\"");
            }
            return Path.of(text).normalize();
        }

        @Override
        public String write(Path value) {
            return '"' + value.toString() + '"';
        }
    }

    /** See {@link #paths()}. */
    record Paths() implements Kind<List<Path>> {

        @Override
        public List<Path> read(JsonNode node) {
            return node.isArray() ? StreamSupport.stream(node.spliterator(), false).map(path()::read).toList() : List.of(path().read(node));
        }

        @Override
        public String write(List<Path> value) {
            return value.stream().map(path()::write).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** See {@link #number(long, long)}. */
    record Whole(long least, long most) implements Kind<Long> {

        @Override
        public Long read(JsonNode node) {
            if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least || node.longValue() > most) {
                throw new IllegalArgumentException("want a whole number from " + least + " to " + most);
            }
            return node.longValue();
        }

        @Override
        public String write(Long value) {
            return value.toString();
        }
    }

    /** See {@link #oneOf(Class)}. */
    record OneOf<E extends Enum<E>>(Class<E> type) implements Kind<E> {

        @Override
        public E read(JsonNode node) {
            for (E constant : type.getEnumConstants()) {
                if (node.isString() && name(constant).equals(node.stringValue())) {
                    return constant;
                }
            }
            throw new IllegalArgumentException(
                    "want one of " + Arrays.stream(type.getEnumConstants()).map(OneOf::name).collect(Collectors.joining(", ")));
        }

        @Override
        public String write(E value) {
            return '"' + name(value) + '"';
        }

        private static String name(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
    }
}
