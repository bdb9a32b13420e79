package io.windlass.conformance;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = "io.windlass.conformance", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule knowsOfTheRuntimeNothingButItsWireContract = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage("io.windlass.shim..", "io.windlass.snapshotter..", "io.windlass.cni..", "io.windlass.cri.config..",
                    "io.windlass.cri.server..", "io.windlass.cri.sandbox..", "io.windlass.cri.container..", "io.windlass.cri.image..");

    @ArchTest
    static final ArchRule standsOnFixturesThatKnowNoBenchmark = noClasses().that().resideInAPackage("..fixture..").should()
            .dependOnClassesThat().resideInAPackage("..bench..");
}
