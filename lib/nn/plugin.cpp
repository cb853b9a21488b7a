// The two symbols that the loader looks up.
#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "nn/engine.hpp"

extern "C" __attribute__((visibility("default"))) const char* intelia_engine_build_tag() { return INTELIA_BUILD_TAG; }

/** The engine, which lives as long as the process: the plug-in is never unloaded. `folders` and `files`: those that the
    program holds and maps. */
extern "C" __attribute__((visibility("default"))) intelia::Engine* intelia_engine_create(intelia::HeldFolders* folders,
                                                                                         intelia::MappedFiles* files) {
  intelia::share_held_folders(*folders);
  intelia::share_mapped_files(*files);
  return intelia::nn::make_engine().release();
}
