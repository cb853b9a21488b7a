#include "base/hash.hpp"

#include <fcntl.h>
#include <nettle/sha2.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <vector>

#include "base/error.hpp"
#include "base/held_folder.hpp"

namespace intelia {

struct Sha256::State {
  sha256_ctx context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { sha256_init(&state_->context); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(const void* bytes, std::size_t num_bytes) {
  sha256_update(&state_->context, num_bytes, static_cast<const std::uint8_t*>(bytes));
}

std::string Sha256::finish() {
  std::uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(&state_->context, sizeof digest, digest);
  static const char* const kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * sizeof digest);
  for (std::uint8_t byte : digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string sha256_of(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.finish();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  int file = ::open(held_place(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // opening a pipe would block
  if (file < 0) throw Error(Kind::io, "cannot read '" + path.string() + "': " + system_message(errno));
  struct stat status {};
  if (::fstat(file, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    ::close(file);
    throw Error(Kind::input, "'" + path.string() + "' is not a regular file");
  }
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  for (;;) {
    ssize_t num_read = ::read(file, buffer.data(), buffer.size());
    if (num_read < 0 && errno == EINTR) continue;
    if (num_read < 0) {
      int number = errno;
      ::close(file);
      throw Error(Kind::io, "cannot read '" + path.string() + "': " + system_message(number));
    }
    if (num_read == 0) break;
    hash.update(buffer.data(), static_cast<std::size_t>(num_read));
  }
  ::close(file);
  return hash.finish();
}

struct Checksum::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  State() { XXH3_64bits_reset(xxh3); }
  ~State() { XXH3_freeState(xxh3); }
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::update(const void* bytes, std::size_t num_bytes) { XXH3_64bits_update(state_->xxh3, bytes, num_bytes); }

std::uint64_t Checksum::value() const { return XXH3_64bits_digest(state_->xxh3); }

Key128 key128_of(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

std::uint64_t stable_hash64(std::string_view text, std::uint64_t seed) { return XXH64(text.data(), text.size(), seed); }

}  // namespace intelia
