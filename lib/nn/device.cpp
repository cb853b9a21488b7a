#include "nn/device.hpp"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/path.hpp"

namespace intelia::nn {

namespace {

/** Loads libtorch_cuda.so from the folder of libtorch_cpu.so; loading registers its kernels. */
bool load_cuda_libraries(std::string& reason) {
  Dl_info here{};
  ::dladdr(reinterpret_cast<const void*>(&at::globalContext), &here);
  const auto path = std::filesystem::path(here.dli_fname).parent_path() / "libtorch_cuda.so";
  if (!is_reachable_file(path)) {
    reason = "this libtorch is built without CUDA (" + path.string() + " does not exist)";
    return false;
  }
  if (::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    reason = std::string("libtorch's CUDA libraries cannot be loaded: ") + ::dlerror();
    return false;
  }
  return true;
}

/** Whether the CPU has bf16 instructions; without them, bf16 is slower than fp32. */
bool has_bf16_instructions() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

/** Whether an NVIDIA driver is installed; without one the CUDA libraries need not be loaded. */
bool has_driver() { return ::access("/dev/nvidiactl", F_OK) == 0 || ::access("/dev/dxg", F_OK) == 0; }

}  // namespace

bool has_cuda(std::string& reason) {
  static std::string found;
  static const bool is_usable = [] {
    if (!has_driver()) {
      found = "no NVIDIA driver on this machine";
      return false;
    }
    if (!load_cuda_libraries(found)) return false;
    if (!at::globalContext().hasCUDA()) {
      found = "libtorch finds no usable GPU";
      return false;
    }
    return true;
  }();
  reason = found;
  return is_usable;
}

std::string Placement::description() const {
  const char* name = dtype == at::kFloat ? "fp32" : dtype == at::kBFloat16 ? "bf16" : "fp16";
  return std::string(name) + " on " + device.str();
}

Placement choose_placement(const ModelSettings& settings) {
  Placement placement;
  if (settings.device != Device::cpu) {
    std::string reason;
    if (has_cuda(reason))
      placement.device = at::Device(at::kCUDA, 0);
    else if (settings.device == Device::cuda)
      throw Error(Kind::usage, "`device` cuda: " + reason + "; use `device` cpu");
  }
  switch (settings.precision) {
    case Precision::automatic:
      if (placement.device.is_cuda())  // despite its name this asks for bf16 in general: compute capability 8.0
        placement.dtype =
            at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8() ? at::kBFloat16 : at::kHalf;
      else
        placement.dtype = has_bf16_instructions() ? at::kBFloat16 : at::kFloat;
      break;
    case Precision::fp32:
      placement.dtype = at::kFloat;
      break;
    case Precision::bf16:
      placement.dtype = at::kBFloat16;
      break;
    case Precision::fp16:
      placement.dtype = at::kHalf;
      break;
  }
  return placement;
}

std::uint64_t peak_bytes(const at::Device& device) {
  if (!device.is_cpu()) {
    const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    return static_cast<std::uint64_t>(stats.allocated_bytes[0].peak);
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void synchronize(const at::Device& device) {
  if (!device.is_cpu()) c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
}

}  // namespace intelia::nn
