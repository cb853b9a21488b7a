// Operations on tensors without data that libtorch's C++ half lacks.
#pragma once

namespace intelia::nn {

/** Registers them with libtorch's dispatcher; takes effect once. */
void register_meta_kernels();

}  // namespace intelia::nn
