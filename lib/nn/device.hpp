// The device and the precision that a model runs in.
#pragma once

#include <cstdint>
#include <string>

#include "engine/jobs.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

struct Placement {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;  // of weights and activations; adapters and optimizer are always fp32
  std::string description() const;    // "bf16 on cuda:0"
};

/** Resolves automatic choices; loads libtorch's CUDA libraries when a GPU may be used. Throws Error{usage} when the
   requested device is not available. */
Placement choose_placement(const ModelSettings& settings);

/** Whether a GPU can be used; loads libtorch's CUDA libraries to find out. `reason` says why not. */
bool has_cuda(std::string& reason);

/** Peak memory so far: of the device's allocator, or on the CPU of the process. */
std::uint64_t peak_bytes(const at::Device& device);

/** Waits until the device has finished all work, so that time can be measured. */
void synchronize(const at::Device& device);

}  // namespace intelia::nn
