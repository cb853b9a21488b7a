// SQL expressions that say of a column what lib/extraction says of its text: a rating on 1..5, a thumb, a language.
// Pure text. Where only the program can judge a value they give NaN, which PostgreSQL sorts above every number, so that
// the row is let through and judged, and named, by the program.
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
                               kJsonbType = 3802;

bool is_text(std::uint32_t type);
bool is_number(std::uint32_t type);

/** `name` as an SQL identifier. */
std::string quote_identifier(std::string_view name);

/** `text` as an SQL string, whatever standard_conforming_strings says. */
std::string quote_literal(std::string_view text);

/** `values` as SQL strings with commas between them. */
std::string list_sql(const std::vector<std::string>& values);

/** extraction::read_rating of `column`: double precision on 1..5, NULL of NULL. */
std::string rating_sql(const std::string& column, std::uint32_t type, extraction::RatingScale scale);

/** extraction::read_thumb of `column`: 5, 1, or NULL when it says nothing. */
std::string thumb_sql(const std::string& column, std::uint32_t type);

/** A jsonb of one score or of an object of scores, as jsonb that `jsonb_each` can be asked for: names and scores. */
std::string scores_object_sql(const std::string& column, std::uint32_t type);

/** A score out of such an object: double precision from 1 to 5. */
std::string score_sql(const std::string& value);

/** extraction::WantedLanguages::match of `column`. Tags that are spelt as they are wanted are found first. */
std::string language_sql(const std::string& column, std::uint32_t type, const std::vector<std::string>& wanted);

}  // namespace intelia::postgres
