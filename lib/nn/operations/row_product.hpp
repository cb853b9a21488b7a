// The matrix products of generation: a row's result does not depend on the other rows of the batch.
#pragma once

#include <vector>

#include "nn/operations/nf4.hpp"

namespace intelia::nn {

/** One weight [out, in], dense (fp32 or bf16) or NF4, on the CPU. */
struct RowWeight {
  const Tensor* dense = nullptr;
  const Nf4Weight* nf4 = nullptr;
};

/** x · Wᵀ of each weight, in one pass over the threads. x [M, in] fp32 -> [M, out] fp32 each. For a weight in bf16 x is
   rounded to bf16, and sums are in fp32. */
std::vector<Tensor> row_products(const Tensor& x, const std::vector<RowWeight>& weights);

/** x · Wᵀ, weight [out, in] fp32 or bf16. */
inline Tensor row_product(const Tensor& x, const Tensor& weight) { return row_products(x, {{&weight}})[0]; }

}  // namespace intelia::nn
