// Shared by the CPU implementations of the operations: which tensors they take, and how work is distributed over
// threads.
//
// An operation is one file: its definition in libtorch operations (`Composed`, which any device and type can run), a
// custom CPU implementation where that is faster (`OnCpu`, over lib/kernels), and its backward over either. A CUDA
// kernel is a third implementation. On device meta an operation makes the tensors of its CPU pass and computes nothing
// (lib/nn/plan.hpp).
#pragma once

#include <algorithm>

#include "kernels/number.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** Whether CPU passes take `x`: on the CPU (or meta, its stand-in in plans), in fp32, bf16 or fp64. */
inline bool has_cpu_pass(const Tensor& x) { return (x.is_cpu() || x.is_meta()) && x.scalar_type() != at::kHalf; }

/** The kernels' type for a tensor's numbers: calls run(T{}) with T Bf16, float or double. */
template <class Run>
void with_number(at::ScalarType type, Run run) {
  switch (type) {
    case at::kBFloat16:
      return run(kernels::Bf16{});
    case at::kFloat:
      return run(float{});
    case at::kDouble:
      return run(double{});
    default:
      throw Error(Kind::internal, std::string("[with_number] no kernel for ") + at::toString(type));
  }
}

template <class T>
const T* data_of(const Tensor& x) {
  return static_cast<const T*>(x.const_data_ptr());
}
template <class T>
T* mutable_data_of(const Tensor& x) {
  return static_cast<T*>(x.mutable_data_ptr());
}

/** Minimum number of elements per thread: below, waking a thread costs more than its work. */
inline constexpr std::int64_t kGrain = 8192;

/** Calls run(begin, end) on all threads for parts of [0, rows) with `size` elements per row. */
template <class Run>
void for_rows(std::int64_t rows, std::int64_t size, Run run) {
  at::parallel_for(0, rows, std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, size)), run);
}

}  // namespace intelia::nn
