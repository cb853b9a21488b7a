#include "training/record_index.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** Writes lines to an index, which may be null, and counts them. */
class IndexWriter {
 public:
  explicit IndexWriter(AtomicFile* file) : file_(file) {
    if (file_ != nullptr) file_->write(trained_records_head());
  }
  void add(TrainedUse use, const RecordKey& key) {
    ++num_records_;
    if (file_ == nullptr) return;
    line_.clear();
    append_trained_record(line_, use, key);
    file_->write(line_);
  }
  void mark_incomplete() {
    if (file_ != nullptr) file_->write(incomplete_records_line());
  }
  std::int64_t num_records() const { return num_records_; }

 private:
  AtomicFile* file_;
  std::string line_;
  std::int64_t num_records_ = 0;
};

/** The conversation of a prompt with an answer. */
template <class Record>
Conversation conversation_of(const Record& record, const std::vector<Message>& answer, const std::string& text) {
  Conversation conversation;
  conversation.id = record.id;
  if (record.is_text) {
    conversation.text = record.prompt_text + text;
    return conversation;
  }
  conversation.messages = record.prompt;
  conversation.messages.insert(conversation.messages.end(), answer.begin(), answer.end());
  return conversation;
}

/** The conversations in a line: of a preference one with each answer. None where it cannot be read, which tokenizing
   the file reports. */
std::vector<Conversation> conversations_of(std::string_view line, RecordKind records) {
  Conversation conversation;
  Preference preference;
  RatedAnswer answer;
  if (records == RecordKind::conversation) {
    if (!parse_conversation(line, conversation)) return {std::move(conversation)};
  } else if (records == RecordKind::rated_answer && !is_preference_line(line)) {
    if (!parse_rated_answer(line, answer)) return {conversation_of(answer, answer.completion, answer.completion_text)};
  } else if (!parse_preference(line, preference)) {
    return {conversation_of(preference, preference.chosen, preference.chosen_text),
            conversation_of(preference, preference.rejected, preference.rejected_text)};
  }
  return {};
}

void read_keys(const fs::path& path, RecordKind records, const StopFlag& stop,
               const std::function<void(const RecordKey&, std::int64_t line)>& take) {
  if (!is_file(path)) return;
  RecordLines lines(path);
  while (const auto line = lines.next()) {
    stop.check("indexing the records");
    if (lines.is_too_long()) continue;
    for (const Conversation& conversation : conversations_of(*line, records))
      take(key_of(conversation), lines.line_number());
  }
}

/** Adds the records that the base and the adapter were trained on before; marks the index when they are not known. */
void add_earlier_records(const ModelSettings& base, IndexWriter& writer, const Sinks& sinks) {
  bool is_complete = true;
  for (const fs::path& folder : {base.model, base.adapter}) {
    if (folder.empty()) continue;
    const auto earlier = find_trained_records(folder);
    const bool is_known =
        earlier ? read_trained_records(*earlier, sinks.stop,
                                       [&](TrainedUse use, const RecordKey& key) { writer.add(use, key); })
                : !was_trained(folder);
    if (is_known) continue;
    is_complete = false;
    sinks.log.warning(fmt::format("'{}' {}; the new index of trained records is marked as incomplete", folder.string(),
                                  earlier ? "has an incomplete index of the records that it was trained on"
                                          : "was trained before and has no index of the records"));
  }
  if (!is_complete) writer.mark_incomplete();
}

}  // namespace

std::int64_t index_trained_records(const TrainingInputs& inputs, RecordKind records, const ModelSettings& base,
                                   AtomicFile* index, const Sinks& sinks) {
  IndexWriter writer(index);
  add_earlier_records(base, writer, sinks);
  RecordMatcher held_out;
  std::vector<RecordKey> held_out_keys;
  read_keys(inputs.validation, records, sinks.stop, [&](const RecordKey& key, std::int64_t) {
    held_out.add(key);
    held_out_keys.push_back(key);
  });
  std::int64_t num_shared = 0;
  std::string first_shared;
  for (const TrainingFile& file : inputs.train)
    read_keys(file.path, records, sinks.stop, [&](const RecordKey& key, std::int64_t line) {
      writer.add(TrainedUse::train, key);
      bool is_shared = false;
      held_out.match(key, [&](std::size_t) { is_shared = true; });
      if (is_shared && num_shared++ == 0) first_shared = fmt::format("{}:{}", file.path.string(), line);
    });
  for (const RecordKey& key : held_out_keys) writer.add(TrainedUse::selection, key);
  if (num_shared > 0)
    sinks.log.warning(
        fmt::format("{} of the training data {} also in the validation data, by conversation id or by "
                    "content, the first in {}; "
                    "the validation loss says nothing about them",
                    counted(num_shared, "record"), is_or_are(num_shared), first_shared));
  return writer.num_records();
}

}  // namespace intelia
