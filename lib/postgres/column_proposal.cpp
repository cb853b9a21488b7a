#include "postgres/column_proposal.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include "extraction/instant.hpp"
#include "extraction/language_tag.hpp"
#include "extraction/rating_scale.hpp"

namespace intelia::postgres {

namespace {

constexpr int kExactName = 100, kPartOfName = 40, kUnique = 60, kSample = 50;
constexpr int kLikely = 50;  // the lowest score that is proposed

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_text(const ColumnFacts& column) { return column.category == 'S'; }

/** One of our columns: the names that systems give it, the most likely first, and what its type and values must be. */
struct Role {
  const char* name;
  std::vector<const char*> names;
  bool (*fits_type)(const ColumnFacts&);
  bool (*fits_value)(const std::string&);
};

bool looks_like_messages(const std::string& value) {
  const std::size_t begin = value.find_first_of("[{");
  return begin != std::string::npos && begin <= 1 &&
         (value.find("role") != std::string::npos || value.find("from") != std::string::npos ||
          value.find("author") != std::string::npos || value == "[]");
}

bool looks_like_rating(const std::string& value) {
  return extraction::read_rating(value, extraction::RatingScale::zero_to_hundred).fault.empty();
}

bool looks_like_language(const std::string& value) {
  const std::string code = extraction::primary_language(value);
  const bool is_letters = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool is_tag = is_letters && (code.size() == 2 || code.size() == 3) && value.find(' ') == std::string::npos;
  return is_tag || !extraction::words_for_language(code).empty();
}

const std::vector<Role>& roles() {
  static const std::vector<Role> list{
      {"messages",
       {"messages", "conversation", "conversations", "turns", "history", "transcript", "dialogue", "dialog", "chat",
        "body", "content", "payload"},
       [](const ColumnFacts& column) {
         return column.type == "jsonb" || column.type == "json" || column.type == "_jsonb" || column.type == "_json" ||
                is_text(column);
       },
       looks_like_messages},
      {"created_at",
       {"created_at", "created", "created_on", "creation_date", "inserted_at", "started_at", "timestamp",
        "created_time", "date", "time", "at", "ts"},
       [](const ColumnFacts& column) {
         return column.type == "timestamptz" || column.type == "timestamp" || column.type == "date";
       },
       [](const std::string& value) { return extraction::parse_instant(value).has_value(); }},
      {"language",
       {"language", "lang", "locale", "language_code", "lang_code", "tongue"},
       [](const ColumnFacts& column) { return is_text(column) || column.category == 'E'; },
       looks_like_language},
      {"rating",
       {"rating", "score", "stars", "satisfaction", "grade", "note", "csat"},
       [](const ColumnFacts& column) { return column.category == 'N' || column.category == 'B' || is_text(column); },
       looks_like_rating},
      {"conversation_id",
       {"conversation_id", "chat_id", "conv_id", "session_id", "thread_id", "dialog_id", "id", "uuid", "guid"},
       [](const ColumnFacts& column) { return is_text(column) || column.type == "uuid" || column.category == 'N'; },
       [](const std::string& value) { return !value.empty(); }}};
  return list;
}

int score_of(const ColumnFacts& column, const Role& role) {
  if (!role.fits_type(column)) return 0;
  const bool has_sample = !column.sample.empty();
  if (has_sample) {
    constexpr double kMostly = 0.8;
    const auto num_fitting = std::count_if(column.sample.begin(), column.sample.end(), role.fits_value);
    if (static_cast<double>(num_fitting) < kMostly * static_cast<double>(column.sample.size())) return 0;
  }
  int score = 0;
  const std::string name = lower(column.name);
  for (std::size_t i = 0; i < role.names.size(); ++i) {
    const std::string known = role.names[i];
    if (name == known || name == known + "s") score = std::max(score, kExactName - static_cast<int>(i));
    // Short names are parts of many others: "at", "ts", "id".
    if (known.size() > 3 && name.find(known) != std::string::npos)
      score = std::max(score, kPartOfName - static_cast<int>(i));
  }
  const bool is_id = std::string_view(role.name) == "conversation_id";
  if (is_id && column.is_key) score += kUnique;
  // Numbers and ids of any kind look like a rating or an id: there the values alone say nothing.
  const bool is_telling = !is_id && std::string_view(role.name) != "rating";
  if (has_sample && (is_telling || score > 0)) score += kSample;
  return score;
}

}  // namespace

ColumnProposal propose_columns(const std::vector<ColumnFacts>& columns, const std::vector<std::string>& missing,
                               const std::vector<std::string>& taken) {
  std::vector<std::string> used = taken;
  ColumnProposal proposal;
  for (const Role& role : roles()) {
    if (std::find(missing.begin(), missing.end(), role.name) == missing.end()) continue;
    const ColumnFacts* best = nullptr;
    int best_score = kLikely - 1;
    for (const ColumnFacts& column : columns) {
      if (std::find(used.begin(), used.end(), column.name) != used.end()) continue;
      const int score = score_of(column, role);
      if (score <= best_score) continue;
      best = &column;
      best_score = score;
    }
    if (best == nullptr) continue;
    used.push_back(best->name);
    proposal.emplace_back(role.name, best->name);
  }
  return proposal;
}

}  // namespace intelia::postgres
