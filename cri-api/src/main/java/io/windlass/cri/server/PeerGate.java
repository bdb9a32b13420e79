package io.windlass.cri.server;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.windlass.cri.log.Logfmt;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits before the acceptor of a listening unix socket and hangs up on peers that are not among the allowed users, before a byte of theirs is
 * read. The kernel says who they are: SO_PEERCRED, see unix(7).
 */
@Sharable
final class PeerGate extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(PeerGate.class);

    private final Set<Integer> allowedUids;

    PeerGate(Set<Integer> allowedUids) {
        this.allowedUids = Set.copyOf(allowedUids);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        if (message instanceof EpollDomainSocketChannel peer && !isAllowed(peer)) {
            peer.unsafe().closeForcibly();
            return;
        }
        context.fireChannelRead(message);
    }

    private boolean isAllowed(EpollDomainSocketChannel peer) throws IOException {
        var credentials = peer.peerCredentials();
        if (allowedUids.contains(credentials.uid())) {
            return true;
        }
        LOG.warn(Logfmt.event("peer-refused").field("uid", credentials.uid()).field("pid", credentials.pid()).toString());
        return false;
    }
}
