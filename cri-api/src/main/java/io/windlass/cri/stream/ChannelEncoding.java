package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.Base64;

/**
 * How a channel number and bytes make a WebSocket message, with the frame's header written by hand in the headroom before them. See RFC 6455,
 * 5.2 Base framing protocol: FIN and opcode, then the length in 7, 16 or 64 bits; a server does not mask.
 */
enum ChannelEncoding {
    /** A binary message: the number as one byte, then the bytes. */
    BINARY(0x82) {
        @Override
        ByteBuf message(int channel, ByteBuf data) {
            return data.readerIndex(data.readerIndex() - 1).setByte(data.readerIndex(), channel);
        }

        @Override
        int channel(ByteBuf message) {
            return message.readUnsignedByte();
        }

        @Override
        ByteBuf bytes(ByteBuf rest) {
            return rest;
        }
    },
    /** A text message: the number as a digit, then the bytes in base64. */
    BASE64(0x81) {
        @Override
        ByteBuf message(int channel, ByteBuf data) {
            byte[] text = Base64.getEncoder().encode(ByteBufUtil.getBytes(data));
            data.release();
            ByteBuf buffer = Unpooled.directBuffer(ClientStream.HEADROOM + 1 + text.length);
            buffer.setIndex(ClientStream.HEADROOM, ClientStream.HEADROOM);
            return buffer.writeByte('0' + channel).writeBytes(text);
        }

        @Override
        int channel(ByteBuf message) {
            return message.readUnsignedByte() - '0';
        }

        @Override
        ByteBuf bytes(ByteBuf rest) {
            byte[] text = ByteBufUtil.getBytes(rest);
            rest.release();
            try {
                return Unpooled.wrappedBuffer(Base64.getDecoder().decode(text));
            } catch (IllegalArgumentException e) {
                throw new CorruptedFrameException("a text message that is no base64", e);
            }
        }
    };

    private final int finAndOpcode;

    ChannelEncoding(int finAndOpcode) {
        this.finAndOpcode = finAndOpcode;
    }

    /** Takes a buffer with headroom and returns the message's payload, with headroom. */
    abstract ByteBuf message(int channel, ByteBuf data);

    /** Reads the number off a message. */
    abstract int channel(ByteBuf message);

    /** The bytes of a message after its number; takes the buffer. {@link CorruptedFrameException} for what is none. */
    abstract ByteBuf bytes(ByteBuf rest);

    /** The whole frame of bytes on a channel; takes the buffer. */
    final ByteBuf frame(int channel, ByteBuf data) {
        ByteBuf payload = message(channel, data);
        int length = payload.readableBytes();
        int end = payload.readerIndex();
        if (length < 126) {
            return payload.setByte(end - 2, finAndOpcode).setByte(end - 1, length).readerIndex(end - 2);
        }
        if (length <= 0xffff) {
            return payload.setByte(end - 4, finAndOpcode).setByte(end - 3, 126).setShort(end - 2, length).readerIndex(end - 4);
        }
        return payload.setByte(end - 10, finAndOpcode).setByte(end - 9, 127).setLong(end - 8, length).readerIndex(end - 10);
    }
}
