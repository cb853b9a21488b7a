// Meta kernels that libtorch lacks in C++.
#pragma once

namespace intelia::nn {

/** Registers them with libtorch's dispatcher; takes effect once. */
void register_meta_kernels();

}  // namespace intelia::nn
