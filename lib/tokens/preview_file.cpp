#include "tokens/preview_file.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/error.hpp"

namespace intelia {

namespace {

/** Fills `record`; returns why it cannot, or nothing. */
std::optional<std::string> preview_line(const PreviewModel& model, std::string_view line, PreviewRecord& record,
                                        DuplicateKeys& duplicates) {
  Conversation conversation;
  Preference preference;
  std::optional<std::string> fault = parse_conversation(line, conversation);
  const bool is_preference = fault && line.find("\"chosen\"") != std::string_view::npos;
  if (is_preference) fault = parse_preference(line, preference);
  if (fault) return fault;
  duplicates.add(record.where, is_preference ? preference.duplicate_key : conversation.duplicate_key);
  record.id = is_preference ? preference.id : conversation.id;
  const auto refusal = refusal_of([&] {
    record.parts = is_preference
                       ? preview_preference(*model.tokenizer, model.chat_template, preference, model.encode)
                       : preview_conversation(*model.tokenizer, model.chat_template, conversation, model.encode);
  });
  if (refusal) return fmt::format("cannot be encoded: {}", *refusal);
  return std::nullopt;
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
