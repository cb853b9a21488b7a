// See dataset.hpp.
#include "tokens/dataset.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace intelia {

namespace {

void hash_sample(Sha256& hash, const TokenSample& sample) {
  const auto size = static_cast<std::uint64_t>(sample.ids.size());
  hash.update(&size, sizeof size);
  hash.update(sample.ids.data(), sample.ids.size() * sizeof(std::int32_t));
  hash.update(sample.is_target.data(), sample.is_target.size());
}

}  // namespace

TokenizedDataset::TokenizedDataset(const std::filesystem::path& path, const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                   const EncodeOptions& options, Rejects& rejects, Sinks sinks) {
  Sha256 hash;
  const auto take = [&](Conversation&& conversation, std::int64_t line) {
    const auto reject = [&](const std::string& reason) {
      std::string raw;
      append_conversation(raw, conversation);
      rejects.add(fmt::format("{}:{}", path.string(), line), reason, raw);
    };
    sinks.progress.update({"record", line, 0, ""});
    EncodedConversation encoded;
    try {
      encoded = encode_conversation(tokenizer, chat_template, conversation, options);
    } catch (const Error& error) {
      if (error.kind() != Kind::input) throw;
      reject(fmt::format("the chat template cannot make a sample of it: {}", error.what()));
      return;
    }
    num_cut_ += encoded.is_cut;
    if (encoded.num_targets == 0) {
      ++num_without_target_;
      reject(encoded.is_cut ? fmt::format("no trained token remains: the answers begin after the {} tokens of --max-length", options.max_length)
                            : std::string("no trained token remains: it has no assistant turn with content"));
      return;
    }
    hash_sample(hash, encoded.tokens);
    Record record;
    record.begin = ids_.size();
    ids_.insert(ids_.end(), encoded.tokens.ids.begin(), encoded.tokens.ids.end());
    is_target_.insert(is_target_.end(), encoded.tokens.is_target.begin(), encoded.tokens.is_target.end());
    record.end = ids_.size();
    record.line = line;
    record.target_bytes = encoded.target_bytes;
    record.id = conversation.id.empty() ? fmt::format("line {}", line) : std::move(conversation.id);
    record.language = std::move(conversation.language);
    num_targets_ += encoded.num_targets;
    records_.push_back(std::move(record));
  };
  num_read_ = read_conversations(path, rejects, sinks.stop, take);
  sinks.progress.finish();
  content_sha256_ = hash.finish();
}

TokenSample TokenizedDataset::at(std::int64_t index) const {
  if (index < 0 || index >= size()) throw Error(Kind::internal, fmt::format("sample {} of {} was asked for", index, size()));
  const Record& record = records_[static_cast<std::size_t>(index)];
  const auto begin = static_cast<std::ptrdiff_t>(record.begin);
  const auto end = static_cast<std::ptrdiff_t>(record.end);
  return {{ids_.begin() + begin, ids_.begin() + end}, {is_target_.begin() + begin, is_target_.begin() + end}};
}

}  // namespace intelia
