#include "nn/reference_scores.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/path.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

constexpr char kMagic[] = "intelia reference 2\n";  // then hash_of() the values, and the values

/** The SHA-256, in hexadecimal, of the values and of the name of the file, which says what they depend on. */
std::string hash_of(const fs::path& path, const std::string& values) {
  return sha256_of(path.filename().string() + "\n" + values);
}

/** Nothing when the file is not what this program has written there for `count` values, which are at most 0. */
std::optional<std::vector<float>> read(const fs::path& path, std::int64_t count) {
  constexpr std::size_t kHashBytes = 64, kMagicBytes = sizeof kMagic - 1;
  const std::string bytes = read_file(path);
  const std::size_t num_bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes.size() != kMagicBytes + kHashBytes + num_bytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::string values = bytes.substr(kMagicBytes + kHashBytes);
  if (hash_of(path, values) != bytes.substr(kMagicBytes, kHashBytes)) return std::nullopt;
  std::vector<float> list(static_cast<std::size_t>(count));
  std::memcpy(list.data(), values.data(), num_bytes);
  constexpr float kRounding = 1e-3F;
  const auto is_possible = [](float value) { return std::isfinite(value) && value <= kRounding; };
  return std::all_of(list.begin(), list.end(), is_possible) ? std::optional(std::move(list)) : std::nullopt;
}

void write(const fs::path& path, const std::vector<float>& list) {
  const std::string values(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(float));
  if (!is_folder(path.parent_path())) {
    make_folder(path.parent_path());
    std::error_code failure;
    fs::permissions(path.parent_path(), fs::perms::owner_all, failure);
  }
  write_file(path, kMagic + hash_of(path, values) + values);
}

}  // namespace

std::vector<float> reference_scores(const fs::path& cache, const std::string& data_sha256, std::int64_t count,
                                    const Sinks& sinks, const std::function<std::vector<float>()>& compute) {
  if (cache.empty()) return compute();
  const fs::path path = cache.string() + "-" + data_sha256.substr(0, 32) + ".logps";
  try {
    if (is_file(path)) {
      if (auto list = read(path, count)) {
        sinks.log.info("using the reference's log-probabilities in '" + path.string() + "'");
        return *list;
      }
      sinks.log.warning("'" + path.string() + "' is damaged; it is computed again");
    }
  } catch (const Error& error) {
    sinks.log.warning(std::string("cannot use stored log-probabilities of the reference: ") + error.what());
  }
  std::vector<float> list = compute();
  try {
    write(path, list);
  } catch (const Error& error) {
    sinks.log.warning(std::string("cannot store the log-probabilities of the reference: ") + error.what());
  }
  return list;
}

}  // namespace intelia::nn
