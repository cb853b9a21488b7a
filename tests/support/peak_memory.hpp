// How much memory a test takes.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace intelia {

/** The growth of the peak of resident memory since construction. Sanitizers keep freed memory, and there is no figure.
 */
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak is reset
    before_ = peak_bytes();
  }

  /** In bytes; 0 under the address and thread sanitizers. */
  std::int64_t growth() const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;
#else
    return peak_bytes() - before_;
#endif
  }

 private:
  static std::int64_t peak_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) << 10;
    return 0;
  }

  std::int64_t before_ = 0;
};

}  // namespace intelia
