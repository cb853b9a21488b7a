// Whether the device that is asked for exists, before any work that would be in vain without it.
#pragma once

#include "engine/jobs.hpp"

namespace intelia {

/** Error{usage} when `device` is Device::cuda and there is no GPU. Loads the engine in that case only. */
void check_device(Device device);

}  // namespace intelia
