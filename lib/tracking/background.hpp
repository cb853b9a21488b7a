// Threads that send to other programs during training, and how long the end of a run waits for them.
#pragma once

#include <functional>
#include <thread>

#include "tracking/tracker.hpp"

namespace intelia {

/** Starts a thread that receives no signals: the main thread handles them. */
std::thread thread_without_signals(std::function<void()> work);

/** Seconds that the end of a run waits for unsent data; fewer after a signal. */
double seconds_to_finish(RunStatus status);

}  // namespace intelia
