package io.windlass.cri.stream;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests that have a server for each of them. */
abstract class OwnServer {
    ServerFixture fixture;

    @BeforeEach
    final void start() throws IOException {
        fixture = new ServerFixture();
    }

    @AfterEach
    final void stop() {
        fixture.close();
    }
}
