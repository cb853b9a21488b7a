// AdamW with 8-bit states like bitsandbytes' AdamW8bit (lib/kernels/adam8.hpp), on the CPU and on GPUs. Tensors below
// 4,096 elements keep fp32 states, and so do embeddings, as under transformers' Trainer.
#include <c10/core/impl/VirtualGuardImpl.h>

#include <optional>
#include <string>

#include "kernels/adam8.hpp"
#include "kernels/adam8_cuda.hpp"
#include "nn/optimizer.hpp"

namespace intelia::nn {

namespace {

/** States of one tensor: 8-bit codes with absmax, or fp32. */
struct States {
  Tensor average_codes, square_codes, average_absmax, square_absmax;
  Tensor average, square;
};

bool keeps_fp32(const Trained& item) {
  return item.tensor.numel() < adam8::kFewestElements || item.name.find("embed_tokens") != std::string::npos;
}

bool is_on_gpu(const Tensor& tensor) { return !tensor.is_cpu() && !tensor.is_meta(); }

adam8::States pointers(States& s) {
  return {s.average_codes.mutable_data_ptr<std::uint8_t>(), s.square_codes.mutable_data_ptr<std::uint8_t>(),
          s.average_absmax.mutable_data_ptr<float>(), s.square_absmax.mutable_data_ptr<float>()};
}

/** Updates `values` [n], fp32, on the CPU. */
void update_on_cpu(const adam8::Step& step, const Tensor& gradient, const Tensor& values, States& s) {
  const float* from = gradient.const_data_ptr<float>();
  float* to = values.mutable_data_ptr<float>();
  const std::int64_t n = values.numel();
  if (s.average.defined()) {
    adam8::update_fp32(step, from, n, to, s.average.mutable_data_ptr<float>(), s.square.mutable_data_ptr<float>());
    return;
  }
  const adam8::States states = pointers(s);
  at::parallel_for(0, dynamic8::num_blocks(n), 16, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * adam8::kBlock, count = std::min(n, end * adam8::kBlock) - first;
    adam8::update(step, from + first, count, to + first,
                  {states.average_codes + first, states.square_codes + first, states.average_absmax + begin,
                   states.square_absmax + begin});
  });
}

/** The kernels, and the maps that they use, on the GPU. */
class GpuUpdate {
 public:
  explicit GpuUpdate(const at::Device& device) {
    std::string reason;
    kernels_ = adam8::cuda_kernels(reason);
    if (kernels_ == nullptr)
      throw Error(Kind::usage, "`optimizer` adamw-8bit needs the CUDA kernels on " + device.str() + ": " + reason +
                                   "; use adamw or adafactor");
    const auto map = [](dynamic8::Sign sign) {
      return at::from_blob(const_cast<float*>(dynamic8::map(sign)), {256}, at::kFloat);
    };
    maps_ = at::cat({map(dynamic8::Sign::with), map(dynamic8::Sign::without)}).to(device);
  }

  /** Queues the update of `values` [n], fp32. */
  void operator()(const adam8::Step& step, const Tensor& gradient, const Tensor& values, States& s) const {
    const at::Device device = values.device();
    void* stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device).native_handle();
    const adam8::Factors factors = adam8::factors(step);
    const float* from = gradient.const_data_ptr<float>();
    float* to = values.mutable_data_ptr<float>();
    const int status =
        s.average.defined()
            ? kernels_->update_fp32(factors, from, values.numel(), to, s.average.mutable_data_ptr<float>(),
                                    s.square.mutable_data_ptr<float>(), stream)
            : kernels_->update(factors, maps_.const_data_ptr<float>(), from, values.numel(), to, pointers(s), stream);
    if (status != 0) throw Error(Kind::internal, std::string("[AdamW8bit] ") + kernels_->error_text(status));
  }

 private:
  const adam8::CudaKernels* kernels_;
  Tensor maps_;  // [512]
};

class AdamW8bit final : public Optimizer {
 public:
  explicit AdamW8bit(std::vector<Trained> list) : Optimizer(std::move(list)) {
    for (const Trained& item : trained()) {
      if (is_on_gpu(item.tensor) && !gpu_update_) gpu_update_.emplace(item.tensor.device());
      const std::int64_t n = item.tensor.numel();
      const auto bytes = item.tensor.options().dtype(at::kByte).requires_grad(false), floats = bytes.dtype(at::kFloat);
      States& states = states_.emplace_back();
      if (keeps_fp32(item)) {
        states.average = at::zeros({n}, floats);
        states.square = at::zeros({n}, floats);
      } else {
        states.average_codes = at::zeros({n}, bytes);
        states.square_codes = at::zeros({n}, bytes);
        states.average_absmax = at::zeros({dynamic8::num_blocks(n)}, floats);
        states.square_absmax = at::zeros({dynamic8::num_blocks(n)}, floats);
      }
    }
  }

  NamedTensors states() const override {
    NamedTensors list;
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const std::string& name = trained()[i].name;
      const States& states = states_[i];
      if (states.average.defined()) {
        list.emplace_back(name + ".exp_avg", states.average);
        list.emplace_back(name + ".exp_avg_sq", states.square);
      } else {
        list.emplace_back(name + ".exp_avg", states.average_codes);
        list.emplace_back(name + ".exp_avg.absmax", states.average_absmax);
        list.emplace_back(name + ".exp_avg_sq", states.square_codes);
        list.emplace_back(name + ".exp_avg_sq.absmax", states.square_absmax);
      }
    }
    return list;
  }

 protected:
  void update(double learning_rate, const std::vector<Tensor>& gradients) override {
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const Trained& item = trained()[i];
      const adam8::Step step{learning_rate * item.rate, item.weight_decay, num_steps()};
      const Tensor gradient = gradients[i].to(at::kFloat);
      const Tensor parameter = item.tensor.detach();
      const Tensor values = parameter.to(at::kFloat);  // the parameter itself where that is fp32
      if (values.is_meta()) continue;
      if (is_on_gpu(values))
        (*gpu_update_)(step, gradient, values, states_[i]);
      else
        update_on_cpu(step, gradient, values, states_[i]);
      if (parameter.scalar_type() != at::kFloat) parameter.copy_(values);
    }
  }

 private:
  std::vector<States> states_;
  std::optional<GpuUpdate> gpu_update_;  // where tensors are on a GPU
};

}  // namespace

std::unique_ptr<Optimizer> make_adamw_8bit(std::vector<Trained> trained) {
  return std::make_unique<AdamW8bit>(std::move(trained));
}

}  // namespace intelia::nn
