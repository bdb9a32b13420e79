package io.windlass.cri;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The arrows between the packages of cri-api: the server knows the calls, no call knows the server. */
@AnalyzeClasses(packages = "io.windlass.cri", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("io.windlass.cri.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CALLS_DO_NOT_KNOW_THE_SERVER = noClasses()
            .that()
            .resideInAnyPackage("..cri.sandbox..", "..cri.container..", "..cri.image..", "..cri.stream..", "..cri.store..",
                    "..cri.config..")
            .should().dependOnClassesThat().resideInAnyPackage("..cri.server..", "..cri.cli..");

    @ArchTest
    static final ArchRule THE_COMMAND_LINE_TALKS_OVER_THE_SOCKET = noClasses().that().resideInAPackage("..cri.cli..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("..cri.sandbox..", "..cri.container..", "..cri.image..", "..cri.stream..", "..shim..");

    @ArchTest
    static final ArchRule THE_SYSTEM_IS_CALLED_BY_THE_SHIM_MODULE_ONLY = noClasses().should().dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..");
}
