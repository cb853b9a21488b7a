// SQL expressions equivalent to functions of lib/extraction: a rating on 1..5, a thumb, a language. Values that only
// the program can read become NaN, which PostgreSQL sorts above every number, so that the row is selected and checked
// by the program; so do values that are too long to be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/rating_scale.hpp"

namespace intelia::postgres {

// OIDs from PostgreSQL's pg_type.dat; those of built-in types never change.
inline constexpr std::uint32_t kBoolType = 16, kBigintType = 20, kSmallintType = 21, kIntegerType = 23, kTextType = 25,
                               kJsonType = 114, kRealType = 700, kDoubleType = 701, kVarcharType = 1043,
                               kDateType = 1082, kTimestampType = 1114, kTimestamptzType = 1184, kNumericType = 1700,
                               kUuidType = 2950, kJsonbType = 3802, kJsonArrayType = 199, kJsonbArrayType = 3807;

bool is_text(std::uint32_t type);
bool is_number(std::uint32_t type);

/** `name` as an SQL identifier. */
std::string quote_identifier(std::string_view name);

/** `text` as an SQL string, independent of standard_conforming_strings. */
std::string quote_literal(std::string_view text);

/** `values` as SQL strings, separated by commas. */
std::string list_sql(const std::vector<std::string>& values);

/** `column` as text that is compared by its bytes: regular expressions do not support collations that are not
    deterministic. */
std::string text_sql(const std::string& column, std::uint32_t type);

/** An expression for the size of `column` as text, in bytes, that neither reads nor converts a value of more than
    extraction::kMaxMessagesBytes; empty for types whose values are always short. */
std::string size_sql(const std::string& column, std::uint32_t type);

/** `value` if `column` has at most `max_bytes`, else NULL. */
std::string if_short_sql(const std::string& column, std::uint32_t type, std::int64_t max_bytes,
                         const std::string& value);

/** extraction::read_rating of `column`: double precision on 1..5, NULL of NULL. */
std::string rating_sql(const std::string& column, std::uint32_t type, extraction::RatingScale scale);

/** extraction::read_thumb of `column`: 5, 1, or NULL for none. */
std::string thumb_sql(const std::string& column, std::uint32_t type);

/** A jsonb column with one score or an object of scores, as an object for `jsonb_each`: names and scores. */
std::string scores_object_sql(const std::string& column, std::uint32_t type);

/** A score in such an object: double precision from 1 to 5. */
std::string score_sql(const std::string& value);

/** extraction::WantedLanguages::match of `column`. Tags that are spelled as in `wanted` are matched first. */
std::string language_sql(const std::string& column, std::uint32_t type, const std::vector<std::string>& wanted);

}  // namespace intelia::postgres
