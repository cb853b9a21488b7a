#include "jinja/template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/evaluator.hpp"

namespace intelia::jinja {

Budget Budget::for_input(std::size_t num_messages, std::size_t num_bytes) {
  Budget budget;
  budget.max_steps += static_cast<std::int64_t>(2000 * num_messages + num_bytes);
  budget.max_bytes += static_cast<std::int64_t>(1024 * num_messages + 32 * num_bytes);
  return budget;
}

struct Template::State {
  std::string name;
  Parsed parsed;
};

Template::Template(std::string_view source, const std::string& name)
    : state_(std::make_unique<State>(State{name, parse(source, name)})) {}
Template::~Template() = default;

bool Template::has_generation() const { return state_->parsed.has_generation; }

bool Template::mentions(std::string_view name) const {
  const std::vector<std::string>& symbols = state_->parsed.symbols;
  return std::find(symbols.begin(), symbols.end(), name) != symbols.end();
}

Output Template::render(const Input& input, const Budget& budget) const {
  try {
    Evaluator evaluator(state_->parsed, input, budget);
    try {
      return evaluator.run();
    } catch (const RenderError& error) {
      if (error.is_raised_by_template) throw Error(Kind::input, error.what());
      throw Error(Kind::input, fmt::format("{}:{}: {}", state_->name, evaluator.line(), error.what()));
    }
  } catch (const RenderError& error) {
    throw Error(Kind::input, fmt::format("{}: {}", state_->name, error.what()));
  }
}

}  // namespace intelia::jinja
