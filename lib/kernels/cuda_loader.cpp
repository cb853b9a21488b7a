// Finds and loads the module of CUDA kernels. Only in the program's own folders: never by a search path that others
// set.
#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include "kernels/adam8_cuda.hpp"
#include "kernels/nf4_cuda.hpp"

namespace intelia {

namespace {

namespace fs = std::filesystem;

constexpr const char* kModuleName = "libintelia_kernels_cuda.so";

struct Module {
  void* handle = nullptr;  // never closed: its kernels may be running until the process ends
  std::string path, reason;
};

Module load() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&nf4::cuda_kernels), &here) == 0 || here.dli_fname == nullptr) {
    return {nullptr, "", "the folder of this program is unknown"};
  }
  std::error_code failure;
  const fs::path folder = fs::canonical(here.dli_fname, failure).parent_path();
  if (failure) return {nullptr, "", "the folder of this program is unknown: " + failure.message()};
  // The module is next to this library, or in lib/ next to the bin/ of this program.
  for (const fs::path& path : {folder / kModuleName, folder.parent_path() / "lib" / kModuleName}) {
    if (!fs::exists(path, failure)) continue;
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return {nullptr, "", "cannot load " + path.string() + ": " + ::dlerror()};
    return {handle, path.string(), ""};
  }
  return {nullptr, "",
          "no " + std::string(kModuleName) + " in " + folder.string() + "; this build has no CUDA kernels"};
}

const Module& module() {
  static const Module loaded = load();
  return loaded;
}

/** The table `name` of the module; nullptr when there is none or it does not match, with the reason in `reason`. */
template <class Kernels>
const Kernels* find(const char* name, std::uint64_t tag, std::string& reason) {
  reason = module().reason;
  if (module().handle == nullptr) return nullptr;
  const auto* kernels = static_cast<const Kernels*>(::dlsym(module().handle, name));
  if (kernels != nullptr && kernels->tag == tag) return kernels;
  reason = module().path + " belongs to another version of intelia; build both together";
  return nullptr;
}

}  // namespace

const nf4::CudaKernels* nf4::cuda_kernels(std::string& reason) {
  return find<CudaKernels>("intelia_nf4_cuda_kernels", kCudaKernelsTag, reason);
}

const adam8::CudaKernels* adam8::cuda_kernels(std::string& reason) {
  return find<CudaKernels>("intelia_adam8_cuda_kernels", kCudaKernelsTag, reason);
}

}  // namespace intelia
