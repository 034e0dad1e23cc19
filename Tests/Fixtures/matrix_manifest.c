/* The manifest of a Swift plugin, as ManifestPlugin writes it. -D: TOOLCHAIN, ABI, UNLOAD. */
#include "raw_manifest.h"

RAW_MANIFEST("name = matrix\n"
             "version = 1.0.0\n"
             "export = answer\n"
             "abi = " ABI "\n"
             "toolchain = " TOOLCHAIN "\n" UNLOAD);
