package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.Shortage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LaunchExceptionTest {

    @Test
    void isAShortageByItsNumberNotByTheCommandsName() {
        assertThat(Shortage.isBehind(new LaunchException("clone", Errno.ENOMEM, false))).isTrue();
        assertThat(Shortage.isBehind(new LaunchException("exec \"too many open files\"", Errno.ENOENT, true))).isFalse();
        assertThat(Shortage.isBehind(new LaunchException("no command: too many open files", 0, false))).isFalse();
    }
}
