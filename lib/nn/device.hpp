// Where and in what precision a model runs.
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

/** Resolves automatic choices; loads libtorch's CUDA half when a GPU is wanted. Throws Error{usage} when what is asked
    for is not there. */
Placement choose_placement(const ModelSettings& settings);

/** Whether a GPU can be used; loads libtorch's CUDA half to find out. `reason` gets words when not. */
bool has_cuda(std::string& reason);

/** Most bytes in use so far: of the CUDA allocator, or of the process. */
std::uint64_t peak_bytes(const at::Device& device);

/** Waits until the device has done what was asked, so that a clock can be read. */
void synchronize(const at::Device& device);

}  // namespace intelia::nn
