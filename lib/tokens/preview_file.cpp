#include "tokens/preview_file.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/error.hpp"

namespace intelia {

namespace {

/** Fills `record` from a line that `parse` reads; returns why it cannot, or nothing. */
template <class Record>
std::optional<std::string> preview_as(std::optional<std::string> (*parse)(std::string_view, Record&),
                                      std::vector<PreviewPart> (*preview)(const Tokenizer&, const ChatTemplate&,
                                                                          const Record&, const EncodeOptions&),
                                      const PreviewModel& model, std::string_view line, PreviewRecord& record,
                                      DuplicateKeys& duplicates) {
  Record parsed;
  if (auto fault = parse(line, parsed)) return fault;
  duplicates.add(record.where, parsed.duplicate_key);
  record.id = parsed.id;
  const auto refusal =
      refusal_of([&] { record.parts = preview(*model.tokenizer, model.chat_template, parsed, model.encode); });
  if (refusal) return fmt::format("cannot be encoded: {}", *refusal);
  return std::nullopt;
}

/** The kind of record is known by its keys: a preference has "chosen", a rated answer "label". */
std::optional<std::string> preview_line(const PreviewModel& model, std::string_view line, PreviewRecord& record,
                                        DuplicateKeys& duplicates) {
  const auto has = [&](std::string_view key) { return line.find(key) != std::string_view::npos; };
  Conversation conversation;
  Preference preference;
  RatedAnswer answer;
  if (has("\"chosen\"") && (parse_conversation(line, conversation) || !parse_preference(line, preference)))
    return preview_as(parse_preference, preview_preference, model, line, record, duplicates);
  if (has("\"label\"") && !parse_rated_answer(line, answer))
    return preview_as(parse_rated_answer, preview_rated_answer, model, line, record, duplicates);
  return preview_as(parse_conversation, preview_conversation, model, line, record, duplicates);
}

void count(const PreviewRecord& record, PreviewTotals& totals) {
  ++totals.records;
  for (const PreviewPart& part : record.parts) {
    totals.tokens += static_cast<std::int64_t>(part.tokens.size()) - part.num_truncated;
    totals.trained += part.num_trained;
    totals.truncated_tokens += part.num_truncated;
  }
}

}  // namespace

PreviewTotals preview_file(RecordLines& lines, const PreviewSettings& settings, const PreviewModel& model,
                           Rejects& rejects, const StopFlag& stop,
                           const std::function<void(const std::string&)>& write) {
  const bool wants_line = settings.line > 0;
  PreviewTotals totals;
  DuplicateKeys duplicates;
  std::int64_t num_read = 0;
  write(preview_head(settings.style, "Preview of " + lines.path().string()));
  while (wants_line || settings.max_records == 0 || totals.records < settings.max_records) {
    const auto line = lines.next();
    if (!line) break;
    stop.check("the preview");
    if (wants_line && lines.line_number() < settings.line) continue;
    if (wants_line && lines.line_number() > settings.line) break;  // the line is blank
    ++num_read;
    PreviewRecord record{fmt::format("{}:{}", lines.path().string(), lines.line_number()), lines.line_number()};
    std::optional<std::string> fault = kLineTooLong;
    if (!lines.is_too_long()) fault = preview_line(model, *line, record, duplicates);
    if (fault && wants_line) throw Error(Kind::input, record.where + ": " + *fault);
    if (fault) {
      rejects.add(record.where, *fault, *line);
      continue;
    }
    count(record, totals);
    write(preview_record(settings.style, record));
    if (wants_line) break;
  }
  if (wants_line && totals.records == 0 && lines.line_number() > settings.line)
    throw Error(Kind::input, fmt::format("line {} of '{}' is blank", settings.line, lines.path().string()));
  if (wants_line && totals.records == 0)
    throw Error(Kind::input, fmt::format("'{}' has no line {}; its last line is {}", lines.path().string(),
                                         settings.line, lines.line_number()));
  rejects.check(num_read);
  duplicates.warn(rejects.log());
  write(preview_tail(settings.style));
  return totals;
}

}  // namespace intelia
