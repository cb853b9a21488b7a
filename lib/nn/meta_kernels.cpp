// The few operations of training for which libtorch's C++ half has no kernel on device meta (its Python half has them):
// each makes the tensors that its CPU kernel makes, inner buffers included, so that a plan counts what a run takes.
#include "nn/meta_kernels.hpp"

#include <ATen/ExpandUtils.h>
#include <ATen/OpMathType.h>
#include <ATen/Parallel.h>
#include <ATen/WrapDimUtils.h>
#include <torch/library.h>

#include <algorithm>

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
  return at::empty({output_size.value().expect_int()}, repeats.options());   // every caller here knows how many there are
}

Tensor where(const Tensor& condition, const Tensor& self, const Tensor& other) {
  return at::empty(at::infer_size(condition.sizes(), at::infer_size(self.sizes(), other.sizes())), self.options());
}

Tensor& logical_and(const Tensor& self, const Tensor& other, Tensor& out) {
  out.resize_(at::infer_size(self.sizes(), other.sizes()));
  return out;
}

Tensor& logical_not(const Tensor& self, Tensor& out) {
  out.resize_(self.sizes());
  return out;
}

/** It works in place. */
void fused_adamw(at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList, double, double, double,
                 double, double, bool, bool, const std::optional<Tensor>&, const std::optional<Tensor>&) {}

/** Rows of queries and of keys that a thread of the CPU's flash attention works on (FlashAttentionKernel.cpp, torch 2.11). */
struct AttentionTile {
  std::int64_t queries, keys;
  explicit AttentionTile(const Tensor& query, const Tensor& key) {
    const std::int64_t length = query.size(2);
    queries = std::min<std::int64_t>(length, length >= 768 ? 256 : length >= 192 ? 64 : 32);
    keys = std::min<std::int64_t>(512, key.size(2));
  }
};

std::tuple<Tensor, Tensor> attention(const Tensor& query, const Tensor& key, const Tensor&, double, bool,
                                     const std::optional<Tensor>&, std::optional<double>) {
  const auto wide = query.options().dtype(at::toOpMathType(query.scalar_type()));
  const AttentionTile tile(query, key);
  const std::int64_t scores = tile.queries * tile.keys, head = query.size(3);
  const Tensor buffer = at::empty({at::get_num_threads(), scores + 2 * tile.queries + tile.queries * head}, wide);
  const Tensor narrow = at::empty({at::get_num_threads(), query.scalar_type() == wide.dtype() ? 0 : scores}, query.options());
  return {at::empty_like(query), at::empty({query.size(0), query.size(2), query.size(1)}, wide).transpose(1, 2)};
}

std::tuple<Tensor, Tensor, Tensor> attention_backward(const Tensor& grad, const Tensor& query, const Tensor& key, const Tensor& value,
                                                      const Tensor&, const Tensor&, double, bool, const std::optional<Tensor>&,
                                                      std::optional<double>) {
  const auto wide = query.options().dtype(at::toOpMathType(query.scalar_type()));
  const auto like = [](const Tensor& x) {
    return at::empty({x.size(0), x.size(2), x.size(1), x.size(3)}, x.options()).transpose(1, 2);
  };
  const auto grads = std::tuple{like(query), like(key), like(value)};
  const Tensor whole = grad.transpose(1, 2).contiguous();
  const AttentionTile tile(query, key);
  const std::int64_t scores = 2 * tile.queries * tile.keys;
  const Tensor buffer = at::empty({at::get_num_threads(), scores}, wide);
  const Tensor narrow = at::empty({at::get_num_threads(), query.scalar_type() == wide.dtype() ? 0 : scores}, query.options());
  return grads;
}

}  // namespace

void register_meta_kernels() {
  static torch::Library library(torch::Library::IMPL, "aten", c10::DispatchKey::Meta, __FILE__, __LINE__);
  static const bool is_done = [] {
    library.impl("index_select", index_select);
    library.impl("repeat_interleave.Tensor", repeat_interleave);
    library.impl("where.self", where);
    library.impl("logical_and.out", logical_and);
    library.impl("logical_not.out", logical_not);
    library.impl("_fused_adamw_", fused_adamw);
    library.impl("embedding_dense_backward", embedding_dense_backward);
    library.impl("_scaled_dot_product_flash_attention_for_cpu", attention);
    library.impl("_scaled_dot_product_flash_attention_for_cpu_backward", attention_backward);
    return true;
  }();
  (void)is_done;
}

}  // namespace intelia::nn
