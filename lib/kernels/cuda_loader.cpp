// Finds and loads the module of CUDA kernels. Only in the program's own folders: never by a search path that others
// set.
#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include "kernels/nf4_cuda.hpp"

namespace intelia::nf4 {

namespace {

namespace fs = std::filesystem;

constexpr const char* kModuleName = "libintelia_kernels_cuda.so";

struct Loaded {
  const CudaKernels* kernels = nullptr;
  std::string reason;
};

Loaded load() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&cuda_kernels), &here) == 0 || here.dli_fname == nullptr) {
    return {nullptr, "the folder of this program is unknown"};
  }
  std::error_code failure;
  const fs::path folder = fs::canonical(here.dli_fname, failure).parent_path();
  if (failure) return {nullptr, "the folder of this program is unknown: " + failure.message()};
  // The module is next to this library, or in lib/ next to the bin/ of this program.
  for (const fs::path& path : {folder / kModuleName, folder.parent_path() / "lib" / kModuleName}) {
    if (!fs::exists(path, failure)) continue;
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) return {nullptr, "cannot load " + path.string() + ": " + ::dlerror()};
    const auto* kernels = static_cast<const CudaKernels*>(::dlsym(module, "intelia_nf4_cuda_kernels"));
    if (kernels == nullptr || kernels->tag != kCudaKernelsTag) {
      ::dlclose(module);
      return {nullptr, path.string() + " belongs to another version of intelia; build both together"};
    }
    return {kernels, ""};
  }
  return {nullptr, "no " + std::string(kModuleName) + " in " + folder.string() + "; this build has no CUDA kernels"};
}

}  // namespace

const CudaKernels* cuda_kernels(std::string& reason) {
  // Never unloaded: its kernels may be running until the process ends.
  static const Loaded loaded = load();
  reason = loaded.reason;
  return loaded.kernels;
}

}  // namespace intelia::nf4
