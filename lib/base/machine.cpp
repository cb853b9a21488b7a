#include "base/machine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

double in_gibibytes(double bytes) { return bytes / (1 << 30); }

double free_gibibytes(const fs::path& path) { return in_gibibytes(static_cast<double>(free_disk_bytes(path))); }

Finding failed(const std::string& part, const std::string& message) { return {part, Condition::failed, message}; }

}  // namespace

Finding inspect_machine() try {
  const auto bytes = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {"machine", Condition::ok,
          fmt::format("{} cores, {:.1f} GiB of memory, {:.1f} GiB free on this disk",
                      std::thread::hardware_concurrency(), in_gibibytes(bytes), free_gibibytes("."))};
} catch (const Error& error) {
  return failed("machine", error.what());
}

Finding inspect_output(const fs::path& folder) try {
  constexpr double kLittleGibibytes = 1;
  const fs::path existing = nearest_existing(folder);
  if (!is_folder(existing)) return failed("output", "'" + existing.string() + "' is not a folder");
  if (::access(existing.c_str(), W_OK | X_OK) != 0)
    return failed("output", "'" + existing.string() + "': " + system_message(errno));
  const double free = free_gibibytes(existing);
  Finding finding{"output", Condition::ok, fmt::format("{:.1f} GiB free for '{}'", free, folder.string())};
  if (free < kLittleGibibytes)
    add(finding, Condition::warning, "new files are written next to the old ones before they replace them");
  return finding;
} catch (const Error& error) {
  return failed("output", error.what());
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t address_space = 0, resident = 0;  // pages
  return file >> address_space >> resident ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace intelia
