#include "extraction/record_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "extraction/foreign_text.hpp"
#include "extraction/stored_messages.hpp"
#include "record/csv.hpp"
#include "record/json_fwd.hpp"
#include "record/json_value.hpp"

namespace intelia::extraction {

namespace {

constexpr std::size_t kMaxColumns = 16'384;  // the limit of Excel
constexpr std::size_t kMaxHintNames = 1'000;

using Names = std::vector<std::string>;

/** The names to look up for each field, in order. */
struct Places {
  Names conversation_id, messages, rating, created_at, language, thumbs, pair_id;

  explicit Places(const Selection& selection) {
    const ColumnNames columns = column_names(selection.columns);
    const ColumnNames ours;
    const auto places = [](const std::string& theirs, const std::string& our_name, const Names& others) {
      Names names{theirs};
      if (theirs != our_name) return names;
      names.push_back("metadata." + our_name);
      names.insert(names.end(), others.begin(), others.end());
      return names;
    };
    conversation_id = places(columns.conversation_id, ours.conversation_id, {"id", "metadata.id"});
    messages = places(columns.messages, ours.messages, Names(kListKeys.begin() + 1, kListKeys.end()));
    rating = places(columns.rating, ours.rating, {});
    created_at = places(columns.created_at, ours.created_at, {});
    language = places(columns.language, ours.language, {});
    if (language.size() > 1) language.insert(language.begin() + 1, "metadata.language_tag");
    thumbs = places(columns.thumbs, ours.thumbs, {});
    listens_to_feedback = listens_to(selection, Signal::feedback);
    pair_id = columns.conversation_id == ours.conversation_id ? Names{"feedback_id", "id", "conversation_id"}
                                                              : Names{columns.conversation_id};
    may_be_pair = columns.messages == ours.messages;
  }

  bool may_be_pair, listens_to_feedback;
};

/** A question and its answer as a conversation of two turns. */
struct Pair {
  std::optional<std::string> question, answer, corrected_answer;

  std::optional<std::string> fault(std::string_view no_value) const {
    if (!question) return fmt::format("question {}", no_value);
    if (!answer) return fmt::format("answer {}", no_value);
    return std::nullopt;
  }

  std::string id() const {
    constexpr std::size_t kNumDigits = 32;
    return "qa-" + sha256_of(*question + '\0' + *answer).substr(0, kNumDigits);
  }

  void fill(RecordFields& fields, bool listens_to_feedback, FieldReader::Part part) const {
    fields.is_corrected = corrected_answer && !trimmed(*corrected_answer).empty();
    if (!fields.conversation_id) fields.conversation_id = id();
    if (part != FieldReader::Part::all) return;
    fields.messages = "[{\"role\":\"user\",\"content\":";
    append_json_string(*fields.messages, *question);
    *fields.messages += "},{\"role\":\"assistant\",\"content\":";
    append_json_string(*fields.messages, fields.is_corrected && !listens_to_feedback ? *corrected_answer : *answer);
    *fields.messages += "}]";
    if (!fields.is_corrected || !listens_to_feedback) return;
    fields.feedback = "[{\"turn\":1,\"id\":";
    append_json_string(*fields.feedback, *fields.conversation_id);
    *fields.feedback += ",\"corrected_answer\":";
    append_json_string(*fields.feedback, *corrected_answer);
    *fields.feedback += "}]";
  }
};

class JsonFieldReader final : public FieldReader {
 public:
  explicit JsonFieldReader(const Selection& selection) : places_(selection) {}

  std::optional<std::string> read(std::string_view record, Part part, RecordFields& fields) override {
    fields = {};
    if (auto fault = document_.parse(record)) return fault;
    const JsonValue object = document_.root();
    if (!object.is_object()) return "not a JSON object: expected one object per line";
    if (names_.empty()) {
      for (const JsonMember& member : document_.members(object))
        if (names_.size() < kMaxHintNames) names_.emplace_back(member.key);
    }
    JsonValue messages;
    const bool has_messages = find_first(object, places_.messages, messages);
    Pair pair;
    JsonValue value;
    const bool is_pair =
        !has_messages && places_.may_be_pair && find(object, "question", value) && find(object, "answer", value);
    seen_.messages |= has_messages || is_pair;
    const auto read_text = [&](const Names& names, const char* our_name, std::optional<std::string>& text,
                               bool& is_seen) {
      JsonValue value;
      if (!find_first(object, names, value)) return true;
      is_seen = true;
      if (read_scalar(value, text)) return true;
      fault_ = fmt::format("{} is {}: expected text or a number", our_name, type_in_words(value));
      return false;
    };
    bool is_any_seen = false;
    if (!read_text(is_pair ? places_.pair_id : places_.conversation_id, "conversation_id", fields.conversation_id,
                   seen_.conversation_id) ||
        !read_text(places_.rating, "rating", fields.rating, seen_.rating) ||
        !read_text(places_.created_at, "created_at", fields.created_at, seen_.created_at) ||
        !read_text(places_.language, "language", fields.language, seen_.language) ||
        !read_text(places_.thumbs, "thumbs", fields.thumbs, seen_.thumbs))
      return fault_;
    if (is_pair) {
      if (!read_text({"question"}, "question", pair.question, is_any_seen) ||
          !read_text({"answer"}, "answer", pair.answer, is_any_seen) ||
          !read_text({"corrected_answer"}, "corrected_answer", pair.corrected_answer, is_any_seen))
        return fault_;
      if (auto fault = pair.fault("is null")) return fault;
      seen_.conversation_id = true;
      pair.fill(fields, places_.listens_to_feedback, part);
    } else if (has_messages && part == Part::all && !messages.is_null()) {
      fields.messages.emplace();
      document_.append(*fields.messages, messages);
    }
    return std::nullopt;
  }

  std::string duplicate_key() const override { return document_.duplicate_key(); }

 private:
  /** The value of `name`, which may be a path with dots. */
  bool find(const JsonValue& object, std::string_view name, JsonValue& value) {
    if (document_.find(object, name, value)) return true;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
      JsonValue inner;
      if (document_.find(object, name.substr(0, dot), inner) && find(inner, name.substr(dot + 1), value)) return true;
    }
    return false;
  }

  bool find_first(const JsonValue& object, const Names& names, JsonValue& value) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return find(object, name, value); });
  }

  /** Reads null, text, a number or a boolean as text; false for other values. */
  bool read_scalar(const JsonValue& value, std::optional<std::string>& text) {
    constexpr std::size_t kLong = 19;  // digits, from which a number can exceed 64 bits
    double number = 0;
    if (value.is_null()) return true;
    if (value.is_object() || value.is_list()) return false;
    if (value.element.is_double() && !value.element.get(number) && number_text(value).size() < kLong) {
      text.emplace();
      append_json_number(*text, number);
    } else {
      text = document_.plain_text(value);
    }
    return true;
  }

  const Places places_;
  JsonDocument document_;
  std::string fault_;
};

class CsvFieldReader final : public FieldReader {
 public:
  CsvFieldReader(const Selection& selection, std::string_view header, char separator) : separator_(separator) {
    if (separator_ == 0)
      separator_ = header.find(',') == std::string_view::npos && header.find(';') != std::string_view::npos ? ';' : ',';
    if (auto fault = record_.split(header, separator_, kMaxColumns)) throw Error(Kind::input, *fault);
    if (record_.num_cells() > kMaxColumns)
      throw Error(Kind::input,
                  fmt::format("header has {} columns, at most {} are read", record_.num_cells(), kMaxColumns));
    for (std::size_t i = 0; i < record_.num_cells(); ++i) names_.emplace_back(record_.cell(i).value_or(""));
    Names sorted = names_;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 1; i < sorted.size(); ++i)
      if (!sorted[i].empty() && sorted[i] == sorted[i - 1])
        throw Error(Kind::input, "duplicate column in the header: '" + sorted[i] + "'");
    const Places places(selection);
    messages_ = find_first(places.messages);
    question_ = find_first({"question"});
    answer_ = find_first({"answer"});
    corrected_answer_ = find_first({"corrected_answer"});
    is_pair_ = messages_ == kNone && places.may_be_pair && question_ != kNone && answer_ != kNone;
    conversation_id_ = find_first(is_pair_ ? places.pair_id : places.conversation_id);
    rating_ = find_first(places.rating);
    created_at_ = find_first(places.created_at);
    language_ = find_first(places.language);
    thumbs_ = find_first(places.thumbs);
    listens_to_feedback_ = places.listens_to_feedback;
    seen_ = {conversation_id_ != kNone || is_pair_,
             messages_ != kNone || is_pair_,
             rating_ != kNone,
             created_at_ != kNone,
             language_ != kNone,
             thumbs_ != kNone};
  }

  std::optional<std::string> read(std::string_view record, Part part, RecordFields& fields) override {
    fields = {};
    auto fault = record_.split(record, separator_, names_.size());
    has_misplaced_quote_ = fault.has_value();
    if (fault) return fault;
    if (record_.num_cells() != names_.size())
      return fmt::format("wrong number of cells: {}, the header has {}", record_.num_cells(), names_.size());
    fields.conversation_id = text_of(conversation_id_);
    fields.rating = text_of(rating_);
    fields.created_at = text_of(created_at_);
    fields.language = text_of(language_);
    fields.thumbs = text_of(thumbs_);
    if (is_pair_) {
      const Pair pair{text_of(question_), text_of(answer_), text_of(corrected_answer_)};
      if (auto fault = pair.fault("is NULL")) return fault;
      pair.fill(fields, listens_to_feedback_, part);
    } else if (part == Part::all) {
      fields.messages = text_of(messages_);
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t find_first(const Names& wanted) const {
    for (const std::string& name : wanted) {
      const auto place = std::find(names_.begin(), names_.end(), name);
      if (place != names_.end()) return static_cast<std::size_t>(place - names_.begin());
    }
    return kNone;
  }

  std::optional<std::string> text_of(std::size_t place) const {
    if (place == kNone) return std::nullopt;
    const auto cell = record_.cell(place);
    return cell ? std::optional<std::string>(*cell) : std::nullopt;
  }

  char separator_;
  CsvRecord record_;
  bool is_pair_ = false, listens_to_feedback_ = false;
  std::size_t conversation_id_ = kNone, messages_ = kNone, rating_ = kNone, created_at_ = kNone, language_ = kNone,
              thumbs_ = kNone, question_ = kNone, answer_ = kNone, corrected_answer_ = kNone;
};

}  // namespace

std::unique_ptr<FieldReader> json_field_reader(const Selection& selection) {
  return std::make_unique<JsonFieldReader>(selection);
}

std::unique_ptr<FieldReader> csv_field_reader(const Selection& selection, std::string_view header, char separator) {
  return std::make_unique<CsvFieldReader>(selection, header, separator);
}

}  // namespace intelia::extraction
