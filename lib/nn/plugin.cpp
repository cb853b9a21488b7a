// The two symbols that the loader looks up.
#include "nn/engine.hpp"

extern "C" __attribute__((visibility("default"))) const char* intelia_engine_build_tag() { return INTELIA_BUILD_TAG; }

/** The engine, which lives as long as the process: the plug-in is never unloaded. */
extern "C" __attribute__((visibility("default"))) intelia::Engine* intelia_engine_create() {
  return intelia::nn::make_engine().release();
}
