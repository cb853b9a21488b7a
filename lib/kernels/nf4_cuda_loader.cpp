// Finds libintelia_kernels_cuda.so beside the file this is linked into (the plug-in, a test) or in lib/ next to that
// folder, and compares tags. It knows nothing of CUDA: the library carries its own runtime.
#include <dlfcn.h>

#include <filesystem>

#include "kernels/nf4_cuda.hpp"

namespace intelia::nf4 {

namespace fs = std::filesystem;

const char* kernels_tag() { return INTELIA_KERNELS_TAG; }

namespace {

constexpr const char* kLibrary = "libintelia_kernels_cuda.so";

fs::path own_folder() {
  Dl_info here{};
  ::dladdr(reinterpret_cast<const void*>(&load_cuda_kernels), &here);
  std::error_code status;
  // For a program, the loader may have only its bare name.
  const fs::path file = fs::path(here.dli_fname).has_parent_path() ? fs::path(here.dli_fname)
                                                                    : fs::read_symlink("/proc/self/exe", status);
  return file.parent_path();
}

const CudaKernels* find_kernels(std::string& reason) {
  const fs::path folder = own_folder();
  fs::path path = folder / kLibrary;
  if (!fs::exists(path)) path = folder.parent_path() / "lib" / kLibrary;
  if (!fs::exists(path)) {
    reason = "built without CUDA ('" + (folder / kLibrary).string() + "' does not exist)";
    return nullptr;
  }
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    reason = std::string("the CUDA kernels cannot be loaded: ") + ::dlerror();
    return nullptr;
  }
  const auto get = reinterpret_cast<const CudaKernels* (*)()>(::dlsym(library, "intelia_cuda_kernels"));
  const CudaKernels* kernels = get == nullptr ? nullptr : get();
  if (kernels == nullptr || std::string(kernels->tag) != kernels_tag()) {
    reason = "'" + path.string() + "' is of another build of intelia; build both together";
    return nullptr;
  }
  return kernels;
}

}  // namespace

const CudaKernels* load_cuda_kernels(std::string& reason) {
  static std::string why;
  static const CudaKernels* const kernels = find_kernels(why);
  reason = why;
  return kernels;
}

}  // namespace intelia::nf4
