// Threads that send to other programs while training goes on, and how long the end of a run waits for them.
#pragma once

#include <functional>
#include <thread>

#include "tracking/tracker.hpp"

namespace intelia {

/** Starts a thread that receives no signals: they are for the main thread. */
std::thread thread_without_signals(std::function<void()> work);

/** Seconds that the end of a run waits for what is not sent yet; fewer after a signal. */
double seconds_to_finish(RunStatus status);

}  // namespace intelia
