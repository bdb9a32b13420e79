package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of terminal sizes: JSON objects such as {@code {"Width":80,"Height":24}}, however they are cut into frames. */
final class ResizeReceiver implements ClientStream.Receiver {

    /** Longest object that is taken for a size. */
    private static final int MAX = 256;

    private final BiConsumer<Integer, Integer> columnsAndRows;
    private final StringBuilder text = new StringBuilder();

    ResizeReceiver(BiConsumer<Integer, Integer> columnsAndRows) {
        this.columnsAndRows = columnsAndRows;
    }

    @Override
    public void data(ByteBuf bytes) {
        while (bytes.isReadable()) {
            char c = (char) bytes.readUnsignedByte();
            text.append(c);
            if (c == '}') {
                size(text.toString());
                text.setLength(0);
            } else if (text.length() > MAX) {
                text.setLength(0);
            }
        }
        bytes.release();
    }

    private void size(String json) {
        try {
            JsonNode size = JsonMapper.shared().readTree(json);
            int columns = size.path("Width").asInt(0);
            int rows = size.path("Height").asInt(0);
            if (columns >= 1 && rows >= 1 && columns <= 0xffff && rows <= 0xffff) {
                columnsAndRows.accept(columns, rows);
            }
        } catch (JacksonException e) {
            text.setLength(0); // not a size: the terminal stays as it is
        }
    }

    @Override
    public void end() {}
}
