// The operations of training for which libtorch has a meta kernel in Python only: each creates the tensors that its CPU
// kernel creates, including internal buffers, so that a plan counts what a run needs.
#include "nn/meta_kernels.hpp"

#include <ATen/ExpandUtils.h>
#include <ATen/WrapDimUtils.h>
#include <torch/library.h>

#include "nn/shapes.hpp"

namespace intelia::nn {

namespace {

Tensor index_select(const Tensor& self, std::int64_t dim, const Tensor& index) {
  auto sizes = self.sizes().vec();
  sizes[static_cast<std::size_t>(at::maybe_wrap_dim(dim, self.dim()))] = index.numel();
  return at::empty(sizes, self.options());
}

Tensor embedding_dense_backward(const Tensor& grad, const Tensor&, c10::SymInt num_weights, c10::SymInt, bool) {
  return at::empty({num_weights.expect_int(), grad.size(-1)}, grad.options());
}

Tensor repeat_interleave(const Tensor& repeats, std::optional<c10::SymInt> output_size) {
  return at::empty({output_size.value().expect_int()},
                   repeats.options());  // every caller here passes it
}

Tensor where(const Tensor& condition, const Tensor& self, const Tensor& other) {
  return at::empty(at::infer_size(condition.sizes(), at::infer_size(self.sizes(), other.sizes())), self.options());
}

/** Output and buffer, which is empty on the CPU unless vectorized code fills it. */
std::tuple<Tensor, Tensor> log_sigmoid_forward(const Tensor& self) {
  return {at::empty_like(self), at::empty_like(self)};
}

Tensor log_sigmoid_backward(const Tensor& grad, const Tensor&, const Tensor&) { return at::empty_like(grad); }

/** In place: no tensor is created. */
void fused_adamw(at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList, double,
                 double, double, double, double, bool, bool, const std::optional<Tensor>&,
                 const std::optional<Tensor>&) {}

}  // namespace

void register_meta_kernels() {
  static torch::Library library(torch::Library::IMPL, "aten", c10::DispatchKey::Meta, __FILE__, __LINE__);
  static const bool is_done = [] {
    library.impl("index_select", index_select);
    library.impl("repeat_interleave.Tensor", repeat_interleave);
    library.impl("where.self", where);
    library.impl("log_sigmoid_forward", log_sigmoid_forward);
    library.impl("log_sigmoid_backward", log_sigmoid_backward);
    library.impl("_fused_adamw_", fused_adamw);
    library.impl("embedding_dense_backward", embedding_dense_backward);
    return true;
  }();
  (void)is_done;
}

}  // namespace intelia::nn
