// The engine behind the plug-in's two symbols.
#pragma once

#include "engine/engine.hpp"

namespace intelia::nn {

/** A new engine; libtorch's errors leave it as intelia::Error. */
std::unique_ptr<Engine> make_engine();

}  // namespace intelia::nn
