#include "record/trained_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/exact_json.hpp"
#include "record/json.hpp"
#include "record/manifest.hpp"
#include "text/aligned_text.hpp"
#include "text/unicode.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHead = "intelia trained records 1: use, conversation id, roles and contents (XXH3-128)";
constexpr std::string_view kIncomplete = "incomplete";

/** `text` in normal form C. */
std::string composed(std::string_view text) {
  // All characters below U+0300, whose lead bytes are below 0xCC, are in normal form already, whatever they are beside.
  if (std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0xCC; }))
    return std::string(text);
  AlignedText aligned(text, 0);
  normalize(aligned, NormalForm::nfc);
  return aligned.text();
}

void append_part(std::string& out, std::string_view role, std::string_view content) {
  const std::string text = composed(content);
  out += fmt::format("{} {}:", role, text.size());
  out += text;
}

/** Messages up to the last answer that is trained or scored; all of them when there is none. */
std::size_t num_identifying(const std::vector<Message>& messages) {
  for (std::size_t i = messages.size(); i-- > 0;) {
    const Message& message = messages[i];
    if (message.role != "assistant") continue;
    const bool has_weight = message.more_json.find("\"weight\"") != std::string::npos;
    if (!has_weight || parse_exact_json(message.more_json, "message").value("weight", Json(1)) != 0) return i + 1;
  }
  return messages.size();
}

std::string hexadecimal(const Key128& key) { return fmt::format("{:016x}{:016x}", key.high, key.low); }

std::optional<Key128> key_from(std::string_view digits) {
  Key128 key;
  if (digits.size() != 32) return std::nullopt;
  for (const auto& [half, begin] : {std::pair{&key.high, 0}, std::pair{&key.low, 16}}) {
    const char* end = digits.data() + begin + 16;
    const auto [rest, status] = std::from_chars(digits.data() + begin, end, *half, 16);
    if (status != std::errc{} || rest != end) return std::nullopt;
  }
  return key;
}

const char* name_of(TrainedUse use) { return use == TrainedUse::train ? "train" : "selection"; }

std::optional<std::pair<TrainedUse, RecordKey>> parse_line(std::string_view line) {
  for (const TrainedUse use : {TrainedUse::train, TrainedUse::selection}) {
    const std::string_view name = name_of(use);
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') continue;
    const std::string_view keys = line.substr(name.size() + 1);
    const std::size_t space = keys.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const std::optional<Key128> id = key_from(keys.substr(0, space)), content = key_from(keys.substr(space + 1));
    if (!content || (!id && keys.substr(0, space) != "-")) return std::nullopt;
    return std::pair{use, RecordKey{id, *content}};
  }
  return std::nullopt;
}

/** Whether a manifest is of a run of `train`, or of one of its checkpoints. */
bool is_of_training(const Json& manifest) {
  if (!manifest.is_object()) return false;
  const auto command = manifest.find("command"), state = manifest.find("state");
  if (command != manifest.end() && command->is_string() && command->get_ref<const std::string&>().starts_with("train "))
    return true;
  return state != manifest.end() && state->is_object() && state->contains("run");
}

}  // namespace

RecordKey key_of(const Conversation& conversation) {
  std::string parts;
  const auto begin = conversation.messages.begin();
  const std::size_t num_messages = num_identifying(conversation.messages);
  std::for_each_n(begin, num_messages,
                  [&](const Message& message) { append_part(parts, message.role, message.content); });
  if (conversation.messages.empty()) append_part(parts, "text", conversation.text);
  RecordKey key{std::nullopt, key128_of(parts)};
  if (!conversation.id.empty()) key.id = key128_of(conversation.id);
  return key;
}

void append_trained_record(std::string& out, TrainedUse use, const RecordKey& key) {
  out += fmt::format("{} {} {}\n", name_of(use), key.id ? hexadecimal(*key.id) : "-", hexadecimal(key.content));
}

std::string incomplete_records_line() { return std::string(kIncomplete) + "\n"; }

std::string trained_records_head() { return std::string(kHead) + "\n"; }

bool was_trained(const fs::path& folder) {
  for (const char* name : {"adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"})
    if (is_file(folder / name)) return true;
  std::optional<Json> manifest;
  try {
    manifest = own_manifest(folder);
  } catch (const Error&) {
    return false;  // one that cannot be read
  }
  if (!manifest) return false;
  if (is_of_training(*manifest)) return true;
  const Json command = manifest->value("command", Json());
  if (command != "model quantize" && command != "model merge" && command != "model export") return false;
  const Json options = manifest->value("options", Json::object());
  if (options.is_object() && options.value("adapter", Json("")) != "") return true;
  const auto origins = manifest->find("origins");
  if (origins == manifest->end() || !origins->is_array()) return false;
  return std::any_of(origins->begin(), origins->end(), [](const Json& origin) {
    return origin.is_object() && origin.contains("manifest") && is_of_training(origin["manifest"]);
  });
}

std::optional<fs::path> find_trained_records(const fs::path& folder) {
  if (has_member(folder, kTrainedRecordsFile)) return member_of_folder(folder, kTrainedRecordsFile);
  const fs::path whole = absolute_path(folder);
  if (!whole.filename().string().starts_with("checkpoint-")) return std::nullopt;
  const fs::path run = whole.parent_path();
  return has_member(run, kTrainedRecordsFile) ? std::optional(member_of_folder(run, kTrainedRecordsFile))
                                              : std::nullopt;
}

bool read_trained_records(const fs::path& index, const StopFlag& stop,
                          const std::function<void(TrainedUse, const RecordKey&)>& take) {
  LineReader lines(index);
  const auto head = lines.next();
  if (!head || *head != kHead)
    throw Error(Kind::input, "'" + index.string() + "' is not an index of trained records that this version can read");
  bool is_complete = true;
  while (const auto line = lines.next()) {
    stop.check("reading '" + index.string() + "'");
    if (*line == kIncomplete) {
      is_complete = false;
      continue;
    }
    const auto record = parse_line(*line);
    if (!record)
      throw Error(Kind::input,
                  fmt::format("{}:{}: not a line of an index of trained records; train again to write it anew",
                              index.string(), lines.line_number()));
    take(record->first, record->second);
  }
  return is_complete;
}

void RecordMatcher::add(const RecordKey& key) {
  if (key.id) by_id_.emplace_back(*key.id, num_records_);
  by_content_.emplace_back(key.content, num_records_++);
  is_sorted_ = false;
}

void RecordMatcher::sort() const {
  if (is_sorted_) return;
  std::sort(by_id_.begin(), by_id_.end());
  std::sort(by_content_.begin(), by_content_.end());
  is_sorted_ = true;
}

void RecordMatcher::match(const RecordKey& key, const std::function<void(std::size_t)>& take) const {
  sort();
  const auto take_all = [&](const std::vector<Place>& places, const Key128& wanted) {
    for (auto place = std::lower_bound(places.begin(), places.end(), Place{wanted, 0});
         place != places.end() && place->first == wanted; ++place)
      take(place->second);
  };
  if (key.id) take_all(by_id_, *key.id);
  take_all(by_content_, key.content);
}

}  // namespace intelia
