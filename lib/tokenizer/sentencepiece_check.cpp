// See sentencepiece_check.hpp. Fields:
// https://github.com/google/sentencepiece/blob/v0.1.97/src/sentencepiece_model.proto Units of the map's trie:
// https://github.com/s-yata/darts-clone/blob/master/include/darts.h
#include "tokenizer/sentencepiece_check.hpp"

#include <cstdint>
#include <functional>
#include <optional>

#include "base/error.hpp"
#include "tokenizer/charsmap.hpp"

namespace intelia {

namespace {

constexpr std::uint64_t kTrainerSpec = 2, kNormalizerSpec = 3, kDenormalizerSpec = 5;
constexpr std::uint64_t kModelType = 3;                                 // of the trainer_spec
constexpr std::uint64_t kPrecompiledCharsmap = 2, kAddDummyPrefix = 3;  // of the normalizer_spec
constexpr std::uint64_t kUnigram = 1, kBpe = 2;

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

bool skip(std::string_view& bytes, std::size_t count) {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(count);
  return true;
}

/** Calls `take` with every field of `message` that has bytes and `take_number` with every varint, as far as the message
    is well-formed. */
void for_each_field(std::string_view message, const std::function<void(std::uint64_t, std::string_view)>& take,
                    const std::function<void(std::uint64_t, std::uint64_t)>& take_number) {
  while (!message.empty()) {
    const auto key = take_varint(message);
    if (!key) return;
    const std::uint64_t wire_type = *key & 7;
    if (wire_type == 3 || wire_type == 4) continue;  // a group, whose fields are checked like its siblings
    if (wire_type == 2) {
      const auto size = take_varint(message);
      if (!size || *size > message.size()) return;
      take(*key >> 3, message.substr(0, *size));
      message.remove_prefix(*size);
    } else if (wire_type == 0) {
      const auto number = take_varint(message);
      if (!number) return;
      take_number(*key >> 3, *number);
    } else if (wire_type == 1 ? !skip(message, 8) : wire_type == 5 ? !skip(message, 4) : true) {
      return;
    }
  }
}

void for_each_bytes_field(std::string_view message, const std::function<void(std::uint64_t, std::string_view)>& take) {
  for_each_field(message, take, [](std::uint64_t, std::uint64_t) {});
}

/** Whether every path through the trie, and every text that it refers to, is within the map. */
bool is_closed(std::string_view map) {
  if (map.size() < 4) return false;
  const std::size_t trie_bytes = little_endian_at(map, 0);
  if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes > map.size() - 4) return false;
  const std::string_view trie = map.substr(4, trie_bytes), texts = map.substr(4 + trie_bytes);
  if (!texts.ends_with('\0')) return false;
  const std::size_t num_units = trie_bytes / 4;
  for (std::size_t i = 0; i < num_units; ++i) {
    const std::uint32_t unit = little_endian_at(trie, 4 * i);
    if ((unit & 0x80000000) != 0) continue;  // a value: never a node on a path
    const std::size_t next = i ^ ((unit >> 10) << ((unit & 1U << 9) >> 6));
    if ((next | 0xFF) >= num_units) return false;
    const bool has_value = (unit & 1U << 8) != 0;
    if (has_value && (little_endian_at(trie, 4 * next) & 0x7FFFFFFF) >= texts.size()) return false;
  }
  return true;
}

}  // namespace

void check_sentencepiece_model(std::string_view model) {
  for_each_bytes_field(model, [](std::uint64_t field, std::string_view spec) {
    if (field != kNormalizerSpec && field != kDenormalizerSpec) return;
    for_each_bytes_field(spec, [](std::uint64_t inner, std::string_view map) {
      if (inner == kPrecompiledCharsmap && !map.empty() && !is_closed(map)) {
        throw Error(Kind::input,
                    "its precompiled_charsmap has offsets out of bounds: the file is damaged or malicious");
      }
    });
  });
}

SentencepieceTraits sentencepiece_traits(std::string_view model) {
  SentencepieceTraits traits;
  std::uint64_t model_type = kUnigram, adds_prefix = 1;
  for_each_bytes_field(model, [&](std::uint64_t spec, std::string_view message) {
    if (spec != kTrainerSpec && spec != kNormalizerSpec) return;
    for_each_field(
        message, [](std::uint64_t, std::string_view) {},
        [&](std::uint64_t field, std::uint64_t number) {
          if (spec == kTrainerSpec && field == kModelType) model_type = number;
          if (spec == kNormalizerSpec && field == kAddDummyPrefix) adds_prefix = number;
        });
  });
  traits.is_bpe = model_type == kBpe;
  traits.adds_dummy_prefix = adds_prefix != 0;
  return traits;
}

}  // namespace intelia
