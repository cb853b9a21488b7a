// Parses and formats timestamps. It knows offsets from UTC but no time zones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace intelia::extraction {

/**
 * Microseconds since 1970-01-01 UTC, or nothing. Reads ISO 8601 and what PostgreSQL writes: YYYY-MM-DD[(T| )HH:MM
 * [:SS[.fraction]]][[ ]Z|UTC|±HH[[:]MM[:SS]]], years of four or more digits; without a zone it is UTC. A fraction is
 * rounded to microseconds and 24:00 and second 60 are carried, as PostgreSQL does. A bare number is time since 1970: of
 * at least 1e8 in seconds, of at least 1e11 in milliseconds; a smaller or larger one may be anything and is nothing.
 */
std::optional<std::int64_t> parse_instant(std::string_view text);

/** Appends `microseconds` since 1970 as a PostgreSQL session in UTC writes a timestamptz: 2026-02-17 06:41:23.5+00. */
void append_instant(std::string& out, std::int64_t microseconds);

}  // namespace intelia::extraction
