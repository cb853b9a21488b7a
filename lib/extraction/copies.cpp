#include "extraction/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace intelia::extraction {

namespace {

constexpr std::uint64_t kKeysInMemory = 1'000'000;  // 16 MB
constexpr std::uint64_t kKeysAtOnce = 65'536;
constexpr std::size_t kMaxIdsWithCopies = 100'000;

}  // namespace

void CopyFinder::add(std::string_view conversation_id) {
  const Key128 key = key128_of(conversation_id);
  keys_.append(&key, sizeof key);
}

void CopyFinder::find() {
  keys_.flush();
  const std::uint64_t num_keys = keys_.size() / sizeof(Key128);
  const std::uint64_t num_parts = num_keys / kKeysInMemory + 1;
  std::vector<Key128> some, part_keys;
  for (std::uint64_t part = 0; part < num_parts; ++part) {
    part_keys.clear();
    for (std::uint64_t begin = 0; begin < num_keys; begin += kKeysAtOnce) {
      some.resize(static_cast<std::size_t>(std::min(kKeysAtOnce, num_keys - begin)));
      read_at(keys_.descriptor(), begin * sizeof(Key128), some.data(), some.size() * sizeof(Key128),
              "a temporary file");
      std::copy_if(some.begin(), some.end(), std::back_inserter(part_keys),
                   [&](const Key128& key) { return key.high % num_parts == part; });
    }
    std::sort(part_keys.begin(), part_keys.end());
    for (std::size_t i = 1; i < part_keys.size(); ++i)
      if (part_keys[i] == part_keys[i - 1]) counts_.try_emplace(part_keys[i], 1).first->second += 1;
    if (counts_.size() > kMaxIdsWithCopies)
      throw SettingError(Kind::input, "columns",
                         fmt::format("conversation_id does not identify conversations: more than {} values occur more "
                                     "than once; name another column: conversation_id=NAME",
                                     kMaxIdsWithCopies),
                         SettingError::Role::remedy);
  }
}

std::int64_t CopyFinder::num_copies(std::string_view conversation_id) const {
  if (counts_.empty()) return 1;  // the common case: no hash is needed
  const auto found = counts_.find(key128_of(conversation_id));
  return found == counts_.end() ? 1 : found->second;
}

}  // namespace intelia::extraction
