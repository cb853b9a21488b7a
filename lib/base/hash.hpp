// SHA-256 (nettle) for manifests and checkpoints; a stable salted 64-bit hash (XXH64) for splits.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace intelia {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(const void* bytes, std::size_t num_bytes);
  void update(std::string_view text) { update(text.data(), text.size()); }
  /** 64 lower-case hexadecimal digits; resets the object. */
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_of(std::string_view text);
/** Throws Error{io} naming the file. */
std::string sha256_of_file(const std::filesystem::path& path);

/** Incremental XXH3-64: detects corruption, not tampering. */
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;
  void update(const void* bytes, std::size_t num_bytes);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** A 128-bit key that identifies a text. */
struct Key128 {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const Key128&) const = default;
};

/** XXH3-128 of `text`: stable across machines and versions. */
Key128 key128_of(std::string_view text);

/** XXH64 of `text` with `seed`: stable across machines and versions (https://xxhash.com, specification 0.8). */
std::uint64_t stable_hash64(std::string_view text, std::uint64_t seed);

}  // namespace intelia
