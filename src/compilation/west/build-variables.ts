/**
 * What of the environment a firmware build depends on.
 */

/**
 * Variables that tools of a build read: west, CMake, Zephyr's build system (the variables that its `zephyr_get` looks up
 * in the environment) and ZMK's. Their values are part of the key.
 */
export const BUILD_VARIABLES: readonly string[] = [
  ...['ZEPHYR_TOOLCHAIN_VARIANT', 'ZEPHYR_SDK_INSTALL_DIR', 'GNUARMEMB_TOOLCHAIN_PATH'],
  ...['LLVM_TOOLCHAIN_PATH', 'XTOOLS_TOOLCHAIN_PATH', 'ZEPHYR_SCA_VARIANT'],
  ...['CROSS_COMPILE', 'TOOLCHAIN_ROOT', 'BOARD', 'SHIELD', 'SNIPPET', 'FILE_SUFFIX'],
  ...['CONFIG_ZMK_STUDIO', 'CMAKE_BUILD_TYPE', 'CMAKE_GENERATOR', 'CMAKE_PREFIX_PATH', 'CMAKE_TOOLCHAIN_FILE'],
  ...['CC', 'CXX', 'CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'ASM', 'ASMFLAGS', 'SOURCE_DATE_EPOCH'],
  // Read by GCC itself: https://gcc.gnu.org/onlinedocs/gcc/Environment-Variables.html
  ...['CPATH', 'C_INCLUDE_PATH', 'CPLUS_INCLUDE_PATH', 'COMPILER_PATH', 'GCC_EXEC_PREFIX'],
];

/** Variables whose values name files and folders that a build reads: their state is part of the key, too. */
export const PATH_VARIABLES: readonly string[] = [
  ...[
    'ZEPHYR_BASE',
    'ZMK_CONFIG',
    'ZMK_EXTRA_MODULES',
    'ZEPHYR_MODULES',
    'ZEPHYR_EXTRA_MODULES',
    'EXTRA_ZEPHYR_MODULES',
  ],
  ...['CONF_FILE', 'EXTRA_CONF_FILE', 'OVERLAY_CONFIG', 'DTC_OVERLAY_FILE', 'EXTRA_DTC_OVERLAY_FILE'],
  ...['BOARD_ROOT', 'DTS_ROOT', 'SNIPPET_ROOT', 'SOC_ROOT', 'ARCH_ROOT', 'MODULE_EXT_ROOT'],
  ...['WEST_CONFIG_LOCAL', 'WEST_CONFIG_GLOBAL', 'WEST_CONFIG_SYSTEM'],
];
