// The two symbols that the loader looks up.
#include "base/held_folder.hpp"
#include "nn/engine.hpp"

extern "C" __attribute__((visibility("default"))) const char* intelia_engine_build_tag() { return INTELIA_BUILD_TAG; }

/** The engine, which lives as long as the process: the plug-in is never unloaded. `folders`: those that the program
    holds. */
extern "C" __attribute__((visibility("default"))) intelia::Engine* intelia_engine_create(
    intelia::HeldFolders* folders) {
  intelia::share_held_folders(*folders);
  return intelia::nn::make_engine().release();
}
