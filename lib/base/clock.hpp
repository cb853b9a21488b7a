// Durations from the monotonic clock, and timestamps in UTC.
#pragma once

#include <string>

namespace intelia {

/** Seconds on the monotonic clock. */
double monotonic_seconds();

/** Seconds since 1970-01-01T00:00:00Z by the clock of this machine, which may be wrong. */
double unix_seconds();

/** Now, as 2026-11-21T10:58:03Z. */
std::string utc_now();

}  // namespace intelia
