// AdamW (Loshchilov and Hutter 2019) as torch.optim.AdamW(fused=True): betas 0.9 and 0.999, eps 1e-8, states in the
// parameters' type.
#include "nn/optimizer.hpp"

namespace intelia::nn {

namespace {

class AdamW final : public Optimizer {
 public:
  explicit AdamW(std::vector<Trained> list) : Optimizer(std::move(list)) {
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const Trained& item = trained()[i];
      Group& group = group_of(item);
      group.indices.push_back(i);
      group.parameters.push_back(item.tensor.detach());
      group.averages.push_back(at::zeros_like(item.tensor, at::MemoryFormat::Contiguous).detach());
      group.squares.push_back(at::zeros_like(item.tensor, at::MemoryFormat::Contiguous).detach());
      group.counts.push_back(at::zeros({}, item.tensor.options().dtype(at::kFloat)).detach());
    }
  }

  NamedTensors states() const override {
    NamedTensors list(2 * trained().size());
    for (const Group& group : groups_) {
      for (std::size_t i = 0; i < group.indices.size(); ++i) {
        const std::string& name = trained()[group.indices[i]].name;
        list[2 * group.indices[i]] = {name + ".exp_avg", group.averages[i]};
        list[2 * group.indices[i] + 1] = {name + ".exp_avg_sq", group.squares[i]};
      }
    }
    return list;
  }

 protected:
  void update(double learning_rate, const std::vector<Tensor>& gradients) override {
    for (Group& group : groups_) {
      std::vector<Tensor> mine;
      for (const std::size_t index : group.indices) mine.push_back(gradients[index]);
      for (Tensor& count : group.counts) count.fill_(static_cast<double>(num_steps()));
      at::_fused_adamw_(group.parameters, mine, group.averages, group.squares, /*max_exp_avg_sqs=*/{}, group.counts,
                        learning_rate * group.rate, /*beta1=*/0.9, /*beta2=*/0.999, group.weight_decay, /*eps=*/1e-8,
                        /*amsgrad=*/false, /*maximize=*/false);
    }
  }

 private:
  /** Tensors updated by one call of the fused operation: same weight decay, rate and type. */
  struct Group {
    double weight_decay = 0, rate = 1;
    at::ScalarType type = at::kFloat;
    std::vector<std::size_t> indices;  // into trained()
    std::vector<Tensor> parameters, averages, squares, counts;
  };

  Group& group_of(const Trained& item) {
    for (Group& group : groups_)
      if (group.weight_decay == item.weight_decay && group.rate == item.rate && group.type == item.tensor.scalar_type())
        return group;
    return groups_.emplace_back(Group{item.weight_decay, item.rate, item.tensor.scalar_type(), {}, {}, {}, {}, {}});
  }

  std::vector<Group> groups_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adamw(std::vector<Trained> trained) {
  return std::make_unique<AdamW>(std::move(trained));
}

}  // namespace intelia::nn
