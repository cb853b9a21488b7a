#include "nn/operations/product.hpp"

#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>

namespace intelia::nn {

Tensor product(const Tensor& x, const Tensor& weight) {
  if (!x.is_cpu() || x.scalar_type() != at::kFloat) return at::linear(x, weight);
  using Product = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&, std::string_view,
                         c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto onednn =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Product>();
  return onednn.call(x.contiguous(), weight, std::nullopt, "none", c10::List<std::optional<at::Scalar>>(), "");
}

}  // namespace intelia::nn
