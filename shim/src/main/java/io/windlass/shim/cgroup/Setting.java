package io.windlass.shim.cgroup;

/**
 * One write to a control file.
 *
 * @param controller which hierarchy on v1; what must be enabled on v2
 * @param file its name
 * @param value what is written
 */
record Setting(String controller, String file, String value) {}
