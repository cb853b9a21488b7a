// A file that only grows, is read at any place, and is gone with its owner unless it is given a name. Where the folder
// it was asked for fails it, it goes on elsewhere with what it holds: among the system's temporary files, or in memory.
// Private to lib/tokens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace intelia {

class SpillFile {
 public:
  /** Among the system's temporary files. */
  SpillFile();
  /** As `partial` (mode 0600), which a killed run may have left; not when another run is at work on it. */
  explicit SpillFile(const std::filesystem::path& partial);
  ~SpillFile();
  SpillFile(SpillFile&&) noexcept;
  SpillFile& operator=(SpillFile&&) noexcept;

  /** Throws Error{io} only when memory is full too. */
  void append(const void* bytes, std::size_t num_bytes);
  /** Puts `num_bytes` in the place of those at `offset`. */
  void overwrite(std::uint64_t offset, const void* bytes, std::size_t num_bytes);
  std::uint64_t size() const;

  /** Gives it its name, in place of what has it; from then on it stays. False when it cannot. */
  bool rename_to(const std::filesystem::path& path);
  /** Why it does not lie where it was asked for; empty when it does, or when another run is at work there. */
  const std::string& fault() const;

  /** Makes all of it readable through descriptor(). */
  void flush();
  /** Lives as long as this object. */
  int descriptor() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Reads exactly `num_bytes` at `offset` of `file`. Error{io} naming `name` when they cannot be read or are not there.
 */
void read_at(int file, std::uint64_t offset, void* bytes, std::size_t num_bytes, const std::filesystem::path& name);

}  // namespace intelia
