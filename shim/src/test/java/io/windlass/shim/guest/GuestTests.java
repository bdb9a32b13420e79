package io.windlass.shim.guest;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The program that a guest runs: the tests of classes, a line each; the exit code is the number that failed. */
final class GuestTests {
    private GuestTests() {}

    /** Tells of each test's end. */
    private static final class Report implements TestExecutionListener {
        private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        private int failed;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() != Status.SUCCESSFUL || test.isTest()) {
                out.println("guest: " + result.getStatus() + " " + test.getDisplayName());
            }
            if (result.getStatus() == Status.FAILED) {
                failed++;
                result.getThrowable().ifPresent(failure -> failure.printStackTrace(out));
            }
        }
    }

    public static void main(String[] arguments) {
        Report report = new Report();
        var classes = Stream.of(arguments).map(DiscoverySelectors::selectClass).toList();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(classes).build(), report);
        report.out.flush();
        Runtime.getRuntime().halt(report.failed);
    }
}
