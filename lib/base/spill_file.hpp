// An append-only temporary file with random reads, removed with its owner unless it is given a name. When its folder
// fails (disk full, no permission), it continues among the system's temporary files or in memory, with its content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace intelia {

class SpillFile {
 public:
  /** In the system's temporary folder. */
  SpillFile();
  /** At `partial` (mode 0600), replacing what a killed run left there; elsewhere while another run uses that file. */
  explicit SpillFile(const std::filesystem::path& partial);
  ~SpillFile();
  SpillFile(SpillFile&&) noexcept;
  SpillFile& operator=(SpillFile&&) noexcept;

  /** Throws Error{io} only when memory is exhausted, too. */
  void append(const void* bytes, std::size_t num_bytes);
  /** Overwrites `num_bytes` at `offset`. */
  void overwrite(std::uint64_t offset, const void* bytes, std::size_t num_bytes);
  std::uint64_t size() const;

  /** Renames it to `path`, replacing what is there; it is then kept. On failure, and after remove_name(), it has no
     name. */
  void rename_to(const std::filesystem::path& path);
  void remove_name();
  /** Why it is not at the requested path; empty when it is, or when another run uses that file. */
  const std::string& fault() const;

  /** Makes everything readable through descriptor(). */
  void flush();
  /** Valid as long as this object. */
  int descriptor() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Reads exactly `num_bytes` at `offset` of `file`. Error{io} naming `name` when they cannot be read or are not there.
 */
void read_at(int file, std::uint64_t offset, void* bytes, std::size_t num_bytes, const std::filesystem::path& name);

}  // namespace intelia
