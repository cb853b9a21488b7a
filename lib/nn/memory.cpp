#include "nn/memory.hpp"

#include <c10/core/Allocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/util/Exception.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <mutex>
#include <new>
#include <oneapi/dnnl/dnnl_common.hpp>
#include <string>

namespace intelia::nn {

namespace {

/** Live bytes and their peak. Thread-safe. */
class ByteCount {
 public:
  void add(std::size_t bytes) {
    const std::uint64_t live = live_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (live > peak && !peak_.compare_exchange_weak(peak, live, std::memory_order_relaxed)) {
    }
  }
  void remove(std::size_t bytes) { live_.fetch_sub(bytes, std::memory_order_relaxed); }
  void restart_peak() { peak_.store(live_.load()); }
  std::uint64_t live() const { return live_.load(); }
  std::uint64_t peak() const { return peak_.load(); }

 private:
  std::atomic<std::uint64_t> live_{0}, peak_{0};
};

// c10 frees a block through a plain function pointer, which knows no allocator object: the counts must be static.
ByteCount& cpu_count() {
  static ByteCount count;
  return count;
}
ByteCount& meta_count() {
  static ByteCount count;
  return count;
}

/** libtorch's CPU allocator with a header of one cache line before each block, which holds its size. */
class CountedCpu final : public c10::Allocator {
 public:
  explicit CountedCpu(c10::Allocator& inner) : inner_(inner) { free_inner() = inner.raw_deleter(); }

  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, at::Device(at::kCPU)};
    void* block = nullptr;
    try {
      block = inner_.raw_allocate(bytes + kHeader);
    } catch (const c10::Error&) {
      TORCH_CHECK_WITH(OutOfMemoryError, false, "out of memory: cannot allocate ", bytes, " bytes");
    }
    std::memcpy(block, &bytes, sizeof bytes);
    cpu_count().add(bytes);
    void* data = static_cast<char*>(block) + kHeader;
    return {data, data, &release, at::Device(at::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { default_copy_data(to, from, bytes); }

 private:
  static constexpr std::size_t kHeader = 64;
  static c10::DeleterFnPtr& free_inner() {
    static c10::DeleterFnPtr function = nullptr;
    return function;
  }
  static void release(void* data) {
    if (data == nullptr) return;
    void* block = static_cast<char*>(data) - kHeader;
    std::size_t bytes = 0;
    std::memcpy(&bytes, block, sizeof bytes);
    cpu_count().remove(bytes);
    free_inner()(block);
  }
  c10::Allocator& inner_;
};

/** Blocks without data; their context pointer holds their size. */
class CountedMeta final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    meta_count().add(bytes);
    return {nullptr, reinterpret_cast<void*>(bytes),
            [](void* size) { meta_count().remove(reinterpret_cast<std::size_t>(size)); }, at::Device(at::kMeta)};
  }
  void copy_data(void*, const void*, std::size_t) const override {}
};

c10::DeviceAllocator& device_allocator(const at::Device& device) { return *c10::getDeviceAllocator(device.type()); }

/** The number in a file; `otherwise` when it holds a word ("max") or does not exist. */
std::uint64_t number_in(const std::filesystem::path& path, std::uint64_t otherwise) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? number : otherwise;
}

/** The number after `name` in a file of names and numbers; 0 when there is none. */
std::uint64_t number_of(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path);
  std::string word;
  std::uint64_t number = 0;
  while (file >> word >> number) {
    if (word == name) return number;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::uint64_t difference(std::uint64_t limit, std::uint64_t used) { return limit > used ? limit - used : 0; }

/** What the cgroup (version 2 or 1) of this process can still allocate; inactive file pages count as free. */
std::uint64_t cgroup_bytes() {
  const std::filesystem::path root = "/sys/fs/cgroup";
  std::uint64_t least = kNoLimit;
  for (const auto& [folder, limit, used, cache] :
       {std::tuple{root, "memory.max", "memory.current", "inactive_file"},
        std::tuple{root / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}}) {
    const std::uint64_t most = number_in(folder / limit, kNoLimit);
    if (most == kNoLimit) continue;
    least = std::min(
        least, difference(most, difference(number_in(folder / used, 0), number_of(folder / "memory.stat", cache))));
  }
  return least;
}

/** What RLIMIT_AS leaves of the address space. */
std::uint64_t address_space_bytes() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  const std::uint64_t pages = number_in("/proc/self/statm", 0);  // the first number: of the address space
  return difference(limit.rlim_cur, pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace

void count_allocations() {
  static const bool is_done = [] {
    static CountedCpu cpu(*c10::GetAllocator(at::kCPU));
    static CountedMeta meta;
    c10::SetAllocator(at::kCPU, &cpu, /*priority=*/1);
    c10::SetAllocator(at::kMeta, &meta, /*priority=*/1);
    return true;
  }();
  (void)is_done;
}

std::uint64_t live_bytes(const at::Device& device) {
  if (device.is_cpu()) return cpu_count().live();
  if (device.is_meta()) return meta_count().live();
  return static_cast<std::uint64_t>(device_allocator(device).getDeviceStats(device.index()).allocated_bytes[0].current);
}

std::uint64_t allocator_peak_bytes(const at::Device& device) {
  if (device.is_cpu()) return cpu_count().peak();
  if (device.is_meta()) return meta_count().peak();
  return static_cast<std::uint64_t>(device_allocator(device).getDeviceStats(device.index()).allocated_bytes[0].peak);
}

void restart_allocator_peak(const at::Device& device) {
  if (device.is_cpu())
    cpu_count().restart_peak();
  else if (device.is_meta())
    meta_count().restart_peak();
  else
    device_allocator(device).resetPeakStats(device.index());
}

std::uint64_t available_bytes(const at::Device& device) {
  if (!device.is_cpu()) return device_allocator(device).getMemoryInfo(device.index()).first;
  return std::min({number_of("/proc/meminfo", "MemAvailable:") * 1024, cgroup_bytes(), address_space_bytes()});
}

std::uint64_t memory_limit(const ModelSettings& settings, const at::Device& device) {
  return settings.max_memory > 0 ? static_cast<std::uint64_t>(settings.max_memory * (1 << 30))
                                 : available_bytes(device);
}

namespace {

struct Retentions {
  std::mutex mutex;
  int count = 0;
};

Retentions& retentions() {
  static Retentions all;
  return all;
}

}  // namespace

HeapRetention::HeapRetention() {
  const std::lock_guard lock(retentions().mutex);
  if (retentions().count++ > 0) return;
  ::mallopt(M_MMAP_MAX, 0);         // everything on the heap,
  ::mallopt(M_TRIM_THRESHOLD, -1);  // of which nothing is returned
}

HeapRetention::~HeapRetention() {
  const std::lock_guard lock(retentions().mutex);
  if (--retentions().count > 0) return;
  // Once set, glibc's thresholds no longer adapt themselves (mallopt(3)): values in their usual range.
  ::mallopt(M_MMAP_MAX, 65536);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  ::malloc_trim(0);
}

bool is_out_of_memory(const std::exception& error) {
  if (const auto* product = dynamic_cast<const dnnl::error*>(&error)) return product->status == dnnl_out_of_memory;
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
         dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
}

}  // namespace intelia::nn
