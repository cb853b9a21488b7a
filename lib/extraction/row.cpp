#include "extraction/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "extraction/foreign_text.hpp"
#include "extraction/judgements.hpp"
#include "extraction/language_tag.hpp"
#include "extraction/stored_messages.hpp"
#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia::extraction {

namespace {

constexpr std::int64_t kMinKeptTurns = 2;

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/** "2026-02-17 06:41:23.5+00" of a session in UTC → "2026-02-17T06:41:23.5Z"; false for infinity, BC and the like. */
bool append_iso_time(std::string& out, std::string_view text) {
  const std::size_t year_end = text.find('-');
  if (year_end == std::string_view::npos || year_end < 4 || !is_digits(text.substr(0, year_end))) return false;
  std::string_view day = text.substr(0, year_end + 6);
  std::string_view time = text.substr(day.size());
  if (day.size() != year_end + 6 || !is_digits(day.substr(year_end + 1, 2)) || day[year_end + 3] != '-' ||
      !is_digits(day.substr(year_end + 4, 2)))
    return false;
  if (time.size() >= 3 && time.substr(time.size() - 3) == "+00") time.remove_suffix(3);
  if (!time.empty() && time.front() == ' ') time.remove_prefix(1);
  if (time.empty()) time = "00:00:00";
  if (time.size() < 8 || time.find_first_not_of("0123456789:.") != std::string_view::npos) return false;
  out += day;
  out += 'T';
  out += time;
  out += 'Z';
  return true;
}

/** The name of `signal` in settings and in a record. */
const char* name(Signal signal) {
  switch (signal) {
    case Signal::rating:
      return "rating";
    case Signal::thumbs:
      return "thumbs";
    case Signal::turns:
      return "turns";
    case Signal::feedback:
      return "feedback";
    case Signal::annotations:
      break;
  }
  return "annotations";
}

/** Whether `language` is two lower-case letters, the common case. */
bool is_plain_code(std::string_view language) {
  return language.size() == 2 && language[0] >= 'a' && language[0] <= 'z' && language[1] >= 'a' && language[1] <= 'z';
}

/** The part of a conversation that is written, and why the rest is not. */
struct Excerpt {
  std::size_t num_turns = 0;               // number of turns, from the first
  const Correction* correction = nullptr;  // of the last turn
  std::int64_t bad_place = -1;             // index of the badly rated answer after the last turn
  double bad_rating = 0;
};

}  // namespace

struct RowReader::State {
  RowRules rules;
  StoredMessages messages;
  Judgements judgements;
  std::string reason;
  std::string system_message;  // the system prompt as a message with a comma, or empty
  const bool listens_to_more_than_rating;

  // The current row.
  std::optional<double> rating;  // on 1..5
  Signal rating_source = Signal::rating;
  std::string identity;  // metadata before the rating
  std::string origin;    // metadata after the source
  std::string language;  // its code; empty: NULL

  explicit State(RowRules given)
      : rules(std::move(given)),
        messages(RoleNames(rules.roles), listens_to(Signal::turns) ? std::optional(rules.rating_scale) : std::nullopt),
        judgements({rules.feedback_scale, rules.min_annotators, rules.max_disagreement}),
        listens_to_more_than_rating(rules.signals != std::vector{Signal::rating}) {
    if (rules.system_prompt.empty()) return;
    system_message = "{\"role\":\"system\",\"content\":";
    append_json_string(system_message, rules.system_prompt);
    system_message += "},";
  }

  bool listens_to(Signal signal) const { return extraction::listens_to(rules.signals, signal); }

  RowStatus reject(std::string words) {
    reason = std::move(words);
    return RowStatus::rejected;
  }

  RowStatus reject_as_too_long(const LongValue& value) {
    const bool has_texts = value.column == "messages" || value.column == "feedback" || value.column == "annotations";
    const std::int64_t max_bytes = has_texts                           ? kMaxMessagesBytes
                                   : value.column == "conversation_id" ? std::int64_t{kMaxIdBytes}
                                                                       : kMaxValueBytes;
    return reject(
        fmt::format("{} is too long: {} bytes, at most {} are read", value.column, value.size_bytes, max_bytes));
  }

  RowStatus drop(std::string words) {
    reason = std::move(words);
    return RowStatus::dropped;
  }

  RowStatus judge_length(std::int64_t num_messages, std::int64_t num_turns) {
    if (num_messages < rules.min_messages)
      return drop(fmt::format("fewer messages than the minimum: {}", num_messages));
    if (num_turns < kMinKeptTurns) return drop(fmt::format("fewer than two user and assistant turns: {}", num_turns));
    return RowStatus::kept;
  }

  RowStatus judge_rating() {
    if (!rating) return drop("not rated: no listed signal has a rating");
    if (*rating < rules.min_rating) return drop(fmt::format("rated below the minimum: {:.6g}", *rating));
    if (*rating < kWorstRating) return reject(fmt::format("rating is outside the scale 1-5: {:.6g}", *rating));
    return RowStatus::kept;
  }

  /** Checks all columns but messages and prepares the metadata. */
  RowStatus read_columns(const Row& row) {
    if (row.too_long.column == "conversation_id") return reject_as_too_long(row.too_long);
    if (!row.conversation_id) return reject(fmt::format("conversation_id {}", row.no_value));
    if (row.conversation_id->empty()) return reject("conversation_id is empty");
    if (!is_valid_utf8(*row.conversation_id)) return reject("conversation_id is not valid UTF-8");
    if (row.num_copies > 1)
      return reject(fmt::format("conversation_id is not unique: {} rows have it", row.num_copies));
    if (!row.too_long.column.empty() && row.too_long.column != "messages") return reject_as_too_long(row.too_long);
    for (const auto& [column, value] :
         {std::pair("rating", row.rating), {"language", row.language}, {"thumbs", row.thumbs}})
      if (value && value->size() > kMaxValueBytes)
        return reject_as_too_long({column, static_cast<std::int64_t>(value->size())});
    if (!row.rating && !listens_to_more_than_rating) return reject(fmt::format("rating {}", row.no_value));
    if (const RowStatus status = read_rating_of(row, /*is_whole_row=*/false); status != RowStatus::kept) return status;
    if (row.language && !is_sound_text(*row.language)) return reject("language is not valid UTF-8");
    identity = "],\"metadata\":{\"conversation_id\":";
    append_json_string(identity, *row.conversation_id);
    origin = ",\"language\":";
    const std::string_view tag = row.language.value_or("");
    if (is_plain_code(tag))
      language = tag;
    else
      language = primary_language(tag);
    if (row.language)
      append_json_string(origin, language);
    else
      origin += "null";
    if (language != tag) {
      origin += ",\"language_tag\":";
      append_json_string(origin, tag);
    }
    if (!row.created_at && row.is_undated) {
      origin += ",\"created_at\":null";
      return RowStatus::kept;
    }
    if (!row.created_at) return reject(fmt::format("created_at {}", row.no_value));
    origin += ",\"created_at\":\"";
    if (!append_iso_time(origin, *row.created_at))
      return reject("created_at is not a date of the common era: " + in_quotes(*row.created_at));
    origin += '"';
    return RowStatus::kept;
  }

  static bool is_column(Signal signal) { return signal == Signal::rating || signal == Signal::thumbs; }

  /** The rating by `signal`. Turns, feedback and annotations must have been read. */
  RatingReading heard(Signal signal, const Row& row) const {
    switch (signal) {
      case Signal::rating:
        return row.rating ? read_rating(*row.rating, rules.rating_scale) : RatingReading{};
      case Signal::thumbs:
        return row.thumbs ? read_thumb(*row.thumbs) : RatingReading{};
      case Signal::feedback:
        return {judgements.feedback_rating(), ""};
      case Signal::annotations:
        return {judgements.annotation_rating(), ""};
      case Signal::turns:
        break;
    }
    double sum = 0;
    std::int64_t num_rated = 0;
    for (const Turn& turn : messages.turns()) {
      if (!turn.rating) continue;
      sum += *turn.rating;
      ++num_rated;
    }
    if (num_rated == 0) return {};
    return {sum / static_cast<double>(num_rated), ""};
  }

  /** Sets the rating by the first signal that has one. Before messages and feedback have been read, only the columns
      before the first signal that needs them are used; they are not evaluated again. */
  RowStatus read_rating_of(const Row& row, bool is_whole_row) {
    if (is_whole_row && rating) return RowStatus::kept;
    rating.reset();
    for (const Signal signal : rules.signals) {
      if (!is_whole_row && !is_column(signal)) break;
      const RatingReading reading = heard(signal, row);
      if (!reading.fault.empty()) return reject(std::string(name(signal)) + " " + reading.fault);
      if (!reading.rating) continue;
      rating = reading.rating;
      rating_source = signal;
      break;
    }
    return RowStatus::kept;
  }

  void append_metadata(std::string& out, const Excerpt& excerpt, std::string_view original) const {
    out += identity;
    if (rating) {
      out += ",\"rating\":";
      append_json_number(out, *rating);
      if (rating_source != Signal::rating) {
        out += ",\"rating_source\":\"";
        out += name(rating_source);
        out += '"';
      }
    }
    const Correction* correction = excerpt.correction;
    out += ",\"source\":\"";
    out += correction == nullptr ? "intelia_production" : correction->is_expert ? "expert" : "feedback";
    out += '"';
    out += origin;
    if (correction != nullptr) {
      out += ",\"corrections\":[{\"turn\":";
      out += std::to_string(messages.turns()[excerpt.num_turns - 1].place);
      out += correction->is_expert ? ",\"from\":\"annotations\",\"annotators\":[" : ",\"from\":\"feedback\"";
      for (std::size_t i = 0; i < correction->annotators.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, correction->annotators[i]);
      }
      if (correction->is_expert) out += ']';
      if (!correction->feedback_id.empty()) {
        out += ",\"feedback_id\":";
        append_json_string(out, correction->feedback_id);
      }
      out += ",\"original\":";
      append_json_string(out, original);
      out += "}]";
    }
    out += "}}\n";
  }

  /**
   * Messages in the one form that PostgreSQL writes for a jsonb list of plain messages: the strings are copied as they
   * are, since its escapes are ours but for U+007F, U+0085 and U+2028/9. False: it is another form; `out` is as before.
   */
  bool append_plain_jsonb(std::string_view text, std::string& out, RowStatus& status) {
    static constexpr std::string_view kRole = "{\"role\": \"", kContent = "\", \"content\": \"";
    if (text.size() < 2 || text.front() != '[' || std::memchr(text.data(), 0x7F, text.size()) != nullptr ||
        text.find("\xC2\x85") != std::string_view::npos)
      return false;
    for (const char* place = text.data(); place != nullptr; ++place) {
      const auto left = static_cast<std::size_t>(text.data() + text.size() - place);
      place = static_cast<const char*>(std::memchr(place, '\xE2', left));
      if (place == nullptr) break;
      if (place[1] == '\x80' && (place[2] == '\xA8' || place[2] == '\xA9')) return false;
    }
    const std::size_t begin = out.size();
    std::int64_t num_messages = 0, num_turns = 0;
    std::string_view rest = text.substr(1);
    for (;;) {
      if (!starts_with(rest, kRole)) break;
      rest.remove_prefix(kRole.size());
      std::string_view role = starts_with(rest, "user")        ? "user"
                              : starts_with(rest, "assistant") ? "assistant"
                              : starts_with(rest, "system")    ? "system"
                                                               : "";
      rest.remove_prefix(role.size());
      if (role.empty() || !starts_with(rest, kContent)) break;
      rest.remove_prefix(kContent.size());
      const std::size_t end = closing_quote(rest);
      if (end == std::string_view::npos) break;
      const std::string_view content = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      if (!starts_with(rest, "}")) break;
      rest.remove_prefix(1);
      ++num_messages;
      if (role != "system") {
        out += num_turns++ == 0 ? "{\"role\":\"" : ",{\"role\":\"";
        out += role;
        out += "\",\"content\":\"";
        out += content;
        out += "\"}";
      }
      if (rest == "]") {
        status = judge_length(num_messages, num_turns);
        if (status != RowStatus::kept) out.resize(begin);
        return true;
      }
      if (!starts_with(rest, ", ")) break;
      rest.remove_prefix(2);
    }
    out.resize(begin);
    return false;
  }

  /** The position of the closing quote of a JSON string whose content starts at `text`. */
  static std::size_t closing_quote(std::string_view text) {
    for (std::size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
      std::size_t num_backslashes = 0;
      while (num_backslashes < quote && text[quote - 1 - num_backslashes] == '\\') ++num_backslashes;
      if (num_backslashes % 2 == 0) return quote;
    }
    return std::string_view::npos;
  }

  /** The rating of an answer by the first signal that has one. */
  std::optional<double> rating_of(const Turn& turn, const TurnJudgement* judgement) const {
    for (const Signal signal : rules.signals) {
      std::optional<double> said;
      if (signal == Signal::turns) said = turn.rating;
      if (signal == Signal::feedback && judgement != nullptr) said = judgement->feedback_rating;
      if (signal == Signal::annotations && judgement != nullptr) said = judgement->annotation_rating;
      if (said) return said;
    }
    return std::nullopt;
  }

  /** Finds the first answer that is corrected or badly rated. */
  Excerpt decide(const std::map<std::int64_t, TurnJudgement>& judged) const {
    const std::vector<Turn>& turns = messages.turns();
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].role != Role::assistant) continue;
      const auto place = judged.find(turns[i].place);
      const TurnJudgement* judgement = place == judged.end() ? nullptr : &place->second;
      if (judgement != nullptr && judgement->correction && !is_same_text(judgement->correction->text, turns[i].content))
        return {.num_turns = i + 1, .correction = &*judgement->correction};
      const std::optional<double> said = rating_of(turns[i], judgement);
      if (!said || *said >= rules.min_rating) continue;
      std::size_t begin = i;
      while (begin > 0 && turns[begin].role != Role::user) --begin;
      while (begin > 0 && turns[begin - 1].role == Role::user) --begin;
      return {.num_turns = begin, .bad_place = turns[i].place, .bad_rating = *said};
    }
    return {.num_turns = turns.size()};
  }

  /** Appends a conversation in any stored form, with corrections. */
  RowStatus append_any(const Row& row, std::string& out) {
    if (std::string fault = messages.read(*row.messages); !fault.empty()) return reject(std::move(fault));
    const std::vector<Turn>& turns = messages.turns();
    std::string fault = judgements.read(listens_to(Signal::feedback) ? row.feedback : std::nullopt,
                                        listens_to(Signal::annotations) ? row.annotations : std::nullopt);
    if (!fault.empty()) return reject(std::move(fault));
    if (const RowStatus status = read_rating_of(row, /*is_whole_row=*/true); status != RowStatus::kept) return status;
    const std::map<std::int64_t, TurnJudgement> judged = judgements.by_turn(turns, messages.num_messages(), fault);
    if (!fault.empty()) return reject(std::move(fault));
    if (reason = judgements.disagreement(turns); !reason.empty()) return RowStatus::quarantined;
    const Excerpt excerpt = decide(judged);
    if (excerpt.correction == nullptr)
      if (const RowStatus status = judge_rating(); status != RowStatus::kept) return status;
    if (excerpt.bad_place >= 0 && excerpt.num_turns < kMinKeptTurns)
      return drop(fmt::format("badly rated turn: turn {}, rated {:.6g}", excerpt.bad_place, excerpt.bad_rating));
    const RowStatus status = judge_length(messages.num_messages(), static_cast<std::int64_t>(excerpt.num_turns));
    if (status != RowStatus::kept) return status;
    std::string_view original;
    for (std::size_t i = 0; i < excerpt.num_turns; ++i) {
      const bool is_corrected = excerpt.correction != nullptr && i + 1 == excerpt.num_turns;
      if (is_corrected) original = turns[i].content;
      out += i == 0 ? "{\"role\":\"" : ",{\"role\":\"";
      out += turns[i].role == Role::user ? "user" : "assistant";
      out += "\",\"content\":";
      append_json_string(out, is_corrected ? excerpt.correction->text : turns[i].content);
      out += '}';
    }
    append_metadata(out, excerpt, original);
    return RowStatus::kept;
  }

  RowStatus read(const Row& row, std::string& out) {
    if (const RowStatus status = read_columns(row); status != RowStatus::kept) return status;
    if (!row.too_long.column.empty()) return reject_as_too_long(row.too_long);
    if (!row.messages) return reject(fmt::format("messages {}", row.no_value));
    if (row.messages->empty()) return reject("messages is not valid JSON: it is empty");
    if (!is_valid_utf8(*row.messages)) return reject("messages is not valid UTF-8");
    out += "{\"messages\":[";
    out += system_message;
    const bool may_be_copied =
        rules.form == MessagesForm::jsonb && !row.feedback && !row.annotations && !listens_to(Signal::turns);
    RowStatus status = RowStatus::kept;
    if (!may_be_copied || !append_plain_jsonb(*row.messages, out, status)) return append_any(row, out);
    judgements.read(std::nullopt, std::nullopt);
    if (const RowStatus by_rating = read_rating_of(row, /*is_whole_row=*/true); by_rating != RowStatus::kept)
      return by_rating;
    if (const RowStatus by_rating = judge_rating(); by_rating != RowStatus::kept) return by_rating;
    if (status == RowStatus::kept) append_metadata(out, {}, {});
    return status;
  }
};

RowReader::RowReader(RowRules rules) : state_(new State(std::move(rules))) {}

RowReader::~RowReader() = default;

RowStatus RowReader::read(const Row& row, std::string& out) {
  const std::size_t begin = out.size();
  const RowStatus status = state_->read(row, out);
  if (status != RowStatus::kept) out.resize(begin);
  return status;
}

const std::string& RowReader::reason() const { return state_->reason; }

std::optional<double> RowReader::rating() const { return state_->rating; }

const std::string& RowReader::language() const { return state_->language; }

}  // namespace intelia::extraction
