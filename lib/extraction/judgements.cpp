#include "extraction/judgements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "extraction/foreign_text.hpp"
#include "extraction/row.hpp"
#include "record/json_value.hpp"

namespace intelia::extraction {

namespace {

/** A row of either table. */
struct Judgement {
  std::string id;
  std::optional<std::int64_t> turn;
  std::string answer;            // of feedback
  std::string annotator;         // of annotations; never empty
  bool is_named = true;          // false: the annotator has no name
  std::vector<double> ratings;   // at most one for feedback; the scores of an annotation
  std::string corrected_answer;  // empty: none
};

using Group = std::vector<const Judgement*>;

/** `text` with white space collapsed to single blanks and trimmed. */
std::string collapsed(std::string_view text) {
  std::string out;
  bool is_after_space = false;
  for (const char c : trimmed(text)) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (is_space && !is_after_space) out += ' ';
    if (!is_space) out += c;
    is_after_space = is_space;
  }
  return out;
}

/** Rounded to nine decimals, since the database can add the values in another order. */
double mean(const std::vector<double>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return std::round(mean * 1e9) / 1e9;
}

/** The mean score of each annotator with scores, in the order of their first row. */
std::vector<double> mean_scores(const Group& rows) {
  std::vector<std::pair<std::string_view, std::vector<double>>> scores;
  for (const Judgement* row : rows) {
    auto place =
        std::find_if(scores.begin(), scores.end(), [&](const auto& one) { return one.first == row->annotator; });
    if (place == scores.end()) place = scores.insert(scores.end(), {row->annotator, {}});
    place->second.insert(place->second.end(), row->ratings.begin(), row->ratings.end());
  }
  std::vector<double> means;
  for (const auto& [annotator, values] : scores)
    if (!values.empty()) means.push_back(mean(values));
  return means;
}

std::size_t num_annotators(const Group& rows) {
  std::vector<std::string_view> names;
  for (const Judgement* row : rows) names.push_back(row->annotator);
  std::sort(names.begin(), names.end());
  return static_cast<std::size_t>(std::unique(names.begin(), names.end()) - names.begin());
}

/** The newest corrected answer of each annotator with one. */
Group newest_corrections(const Group& rows) {
  Group newest;
  for (const Judgement* row : rows) {
    if (row->corrected_answer.empty()) continue;
    const auto place = std::find_if(newest.begin(), newest.end(),
                                    [&](const Judgement* one) { return one->annotator == row->annotator; });
    if (place == newest.end())
      newest.push_back(row);
    else
      *place = row;
  }
  return newest;
}

/** The number of different answers among `corrections`. */
std::size_t num_answers(const Group& corrections) {
  std::vector<std::string> answers;
  for (const Judgement* row : corrections) answers.push_back(collapsed(row->corrected_answer));
  std::sort(answers.begin(), answers.end());
  return static_cast<std::size_t>(std::unique(answers.begin(), answers.end()) - answers.begin());
}

/** The index of the answer that `row` refers to; nothing if there is no answer at all. */
std::optional<std::int64_t> place_of(const Judgement& row, const std::vector<Turn>& turns) {
  if (row.turn) return row.turn;
  std::optional<std::int64_t> last;
  const bool has_answer = !trimmed(row.answer).empty();
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    if (turn->role != Role::assistant) continue;
    if (!last) last = turn->place;
    if (!has_answer) break;
    if (is_same_text(turn->content, row.answer)) return turn->place;
  }
  return last;
}

std::map<std::int64_t, Group> group_by_turn(const std::vector<Judgement>& rows, const std::vector<Turn>& turns) {
  constexpr std::int64_t kNoAnswer = -1;
  std::map<std::int64_t, Group> groups;
  for (const Judgement& row : rows) groups[place_of(row, turns).value_or(kNoAnswer)].push_back(&row);
  return groups;
}

/** Why the message at `place` cannot be corrected; else empty. */
std::string correction_fault(std::int64_t place, const std::vector<Turn>& turns, std::int64_t num_messages) {
  const auto turn = std::find_if(turns.begin(), turns.end(), [&](const Turn& one) { return one.place == place; });
  if (turn != turns.end() && turn->role == Role::assistant) return "";
  if (std::none_of(turns.begin(), turns.end(), [](const Turn& one) { return one.role == Role::assistant; }))
    return "corrected turn does not exist: the conversation has no answer";
  if (place >= 0 && place < num_messages) return fmt::format("corrected turn is not an answer: turn {}", place);
  return fmt::format("corrected turn does not exist: turn {} of {} messages, counted from 0", place, num_messages);
}

}  // namespace

bool is_same_text(std::string_view one, std::string_view other) {
  return one == other || collapsed(one) == collapsed(other);
}

struct Judgements::State {
  JudgementRules rules;
  JsonDocument rows_document, scores_document;
  std::vector<Judgement> feedback, annotations;

  /** Reads a text member of `row`; false if it is not text. */
  bool read_text(const JsonValue& row, std::string_view key, std::string& text) {
    JsonValue value;
    if (!rows_document.find(row, key, value) || value.is_null()) return true;
    text = rows_document.plain_text(value);
    return !value.is_object() && !value.is_list() && is_sound_text(text);
  }

  static std::string read_score(JsonDocument& document, const JsonValue& value, std::vector<double>& scores) {
    if (value.is_null()) return "";
    const std::string text = document.plain_text(value);
    RatingReading reading = read_rating(text, RatingScale::one_to_five);
    const bool is_above = reading.fault.starts_with("is outside");
    if (value.element.is_bool() || (!is_above && !reading.fault.empty())) return "is not a number: " + in_quotes(text);
    if (is_above || *reading.rating < kWorstRating) return "is not from 1 to 5: " + in_quotes(text);
    scores.push_back(*reading.rating);
    return "";
  }

  std::string read_scores(JsonValue value, std::vector<double>& scores) {
    JsonDocument* document = &rows_document;
    std::string_view text;
    if (value.get(text) && !trimmed(text).empty() && trimmed(text).front() == '{') {
      document = &scores_document;
      if (document->parse(text)) return "is not valid JSON: " + in_quotes(text);
      value = document->root();
    }
    if (!value.is_object()) return read_score(*document, value, scores);
    for (const JsonMember& member : document->members(value))
      if (std::string fault = read_score(*document, member.value, scores); !fault.empty()) return fault;
    return "";
  }

  /** Reads the rows of `table`, "feedback" or "annotation". */
  std::string read_rows(std::string_view json, std::string_view table, std::vector<Judgement>& rows) {
    const bool is_feedback = table == "feedback";
    if (rows_document.parse(json) || !rows_document.root().is_list())
      return fmt::format("{} rows are not a JSON list of at most {} bytes", table, kMaxMessagesBytes);
    for (const JsonValue& object : rows_document.items(rows_document.root())) {
      if (!object.is_object()) return fmt::format("{} row is not an object", table);
      Judgement row;
      std::string turn;
      const std::string place = read_text(object, "id", row.id) && !row.id.empty() ? ", row " + row.id : "";
      for (const auto& [key, text] : {std::pair{"turn", &turn},
                                      {"answer", &row.answer},
                                      {"annotator", &row.annotator},
                                      {"corrected_answer", &row.corrected_answer}})
        if (!read_text(object, key, *text)) return fmt::format("{} {} is not text{}", table, key, place);
      if (trimmed(row.corrected_answer).empty()) row.corrected_answer.clear();
      if (!trimmed(turn).empty()) {
        const std::string_view digits = trimmed(turn);
        std::int64_t number = 0;
        const auto [stopped, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (status != std::errc{} || stopped != digits.data() + digits.size())
          return fmt::format("{} turn is not a whole number: {}{}", table, in_quotes(turn), place);
        row.turn = number;
      }
      if (!is_feedback && trimmed(row.annotator).empty()) {
        row.annotator = fmt::format("(unnamed {})", rows.size());
        row.is_named = false;
      }
      JsonValue value;
      if (rows_document.find(object, is_feedback ? "rating" : "scores", value) && !value.is_null()) {
        std::string fault;
        if (is_feedback) {
          const RatingReading reading = read_rating(rows_document.plain_text(value), rules.feedback_scale);
          if (reading.rating) row.ratings.push_back(*reading.rating);
          fault = reading.fault;
        } else {
          fault = read_scores(value, row.ratings);
        }
        if (!fault.empty()) return fmt::format("{} {} {}{}", table, is_feedback ? "rating" : "score", fault, place);
      }
      rows.push_back(std::move(row));
    }
    return "";
  }
};

Judgements::Judgements(JudgementRules rules) : state_(new State) { state_->rules = rules; }

Judgements::~Judgements() = default;

std::string Judgements::read(std::optional<std::string_view> feedback, std::optional<std::string_view> annotations) {
  state_->feedback.clear();
  state_->annotations.clear();
  std::string fault;
  if (feedback) fault = state_->read_rows(*feedback, "feedback", state_->feedback);
  if (annotations && fault.empty()) fault = state_->read_rows(*annotations, "annotation", state_->annotations);
  return fault;
}

std::optional<double> Judgements::feedback_rating() const {
  std::vector<double> ratings;
  for (const Judgement& row : state_->feedback) ratings.insert(ratings.end(), row.ratings.begin(), row.ratings.end());
  if (ratings.empty()) return std::nullopt;
  return mean(ratings);
}

std::optional<double> Judgements::annotation_rating() const {
  Group rows;
  for (const Judgement& row : state_->annotations) rows.push_back(&row);
  const std::vector<double> means = mean_scores(rows);
  if (means.empty()) return std::nullopt;
  return mean(means);
}

std::map<std::int64_t, TurnJudgement> Judgements::by_turn(const std::vector<Turn>& turns, std::int64_t num_messages,
                                                          std::string& fault) const {
  std::map<std::int64_t, TurnJudgement> judgements;
  for (const auto& [place, rows] : group_by_turn(state_->feedback, turns)) {
    TurnJudgement& judgement = judgements[place];
    std::vector<double> ratings;
    for (const Judgement* row : rows) {
      ratings.insert(ratings.end(), row->ratings.begin(), row->ratings.end());
      if (!row->corrected_answer.empty()) judgement.correction = Correction{row->corrected_answer, false, {}, row->id};
    }
    if (!ratings.empty()) judgement.feedback_rating = mean(ratings);
  }
  for (const auto& [place, rows] : group_by_turn(state_->annotations, turns)) {
    TurnJudgement& judgement = judgements[place];
    if (const std::vector<double> means = mean_scores(rows); !means.empty()) judgement.annotation_rating = mean(means);
    const Group corrections = newest_corrections(rows);
    if (corrections.empty() || num_annotators(rows) < static_cast<std::size_t>(state_->rules.min_annotators)) continue;
    Correction correction{corrections.front()->corrected_answer, true, {}, ""};
    for (const Judgement* row : corrections)
      if (row->is_named) correction.annotators.push_back(row->annotator);
    judgement.correction = std::move(correction);
  }
  for (const auto& [place, judgement] : judgements) {
    if (!judgement.correction) continue;
    fault = correction_fault(place, turns, num_messages);
    if (!fault.empty()) break;
  }
  return judgements;
}

std::string Judgements::disagreement(const std::vector<Turn>& turns) const {
  for (const auto& [place, rows] : group_by_turn(state_->annotations, turns)) {
    if (place < 0) continue;
    const std::size_t different = num_answers(newest_corrections(rows));
    if (different > 1)
      return fmt::format("experts disagree: turn {}, {} answers of {} annotators", place, different,
                         num_annotators(rows));
    const std::vector<double> means = mean_scores(rows);
    if (means.empty()) continue;
    const auto [lowest, highest] = std::minmax_element(means.begin(), means.end());
    if (*highest - *lowest > state_->rules.max_disagreement)
      return fmt::format("experts disagree: turn {}, scores from {:.4g} to {:.4g} of {} annotators", place, *lowest,
                         *highest, means.size());
  }
  return "";
}

}  // namespace intelia::extraction
