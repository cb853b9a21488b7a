#include "nn/reference_scores.hpp"

#include <cstring>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/path.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

constexpr char kMagic[] = "intelia reference 1\n";  // then the SHA-256 of the values in hexadecimal, and the values

/** Nothing when the file is not what this program has written for `count` values. */
std::optional<std::vector<float>> read(const fs::path& path, std::int64_t count) {
  constexpr std::size_t kHashBytes = 64, kMagicBytes = sizeof kMagic - 1;
  const std::string bytes = read_file(path);
  const std::size_t num_bytes = static_cast<std::size_t>(count) * sizeof(float);
  if (bytes.size() != kMagicBytes + kHashBytes + num_bytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::string values = bytes.substr(kMagicBytes + kHashBytes);
  if (sha256_of(values) != bytes.substr(kMagicBytes, kHashBytes)) return std::nullopt;
  std::vector<float> list(static_cast<std::size_t>(count));
  std::memcpy(list.data(), values.data(), num_bytes);
  return list;
}

void write(const fs::path& path, const std::vector<float>& list) {
  const std::string values(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(float));
  make_folder(path.parent_path());
  write_file(path, kMagic + sha256_of(values) + values);
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
