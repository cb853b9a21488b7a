// Durations from the monotonic clock; stamps in UTC.
#pragma once

#include <string>

namespace intelia {

/** Seconds on the monotonic clock. */
double monotonic_seconds();

/** Now, as 2026-11-21T10:58:03Z. */
std::string utc_now();

}  // namespace intelia
