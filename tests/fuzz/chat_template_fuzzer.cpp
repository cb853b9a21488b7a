// Arbitrary bytes as a chat template: parsed, and rendered within a small budget for a conversation with tools; then
// traced for a plain one, whose plan must give the same text as the template for other contents.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "jinja/template.hpp"
#include "tokens/rendering_plan.hpp"

namespace {

using namespace intelia;

constexpr jinja::Budget kBudget{.max_steps = 100'000, .max_depth = 100, .max_bytes = 4 << 20};
constexpr jinja::Budget kAmpleBudget{.max_steps = 200'000, .max_depth = 100, .max_bytes = 8 << 20};

jinja::Input common_input() {
  jinja::Input input;
  input.variables = {
      {"bos_token", "<s>"}, {"eos_token", "</s>"}, {"add_generation_prompt", true}, {"documents", nullptr}};
  input.now = jinja::DateTime{2026, 11, 21, 10, 58, 3};
  return input;
}

const jinja::Input& conversation_with_tools() {
  static const jinja::Input input = [] {
    jinja::Input made = common_input();
    made.messages =
        Json::parse(R"([{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Olá <b>"},
      {"role": "assistant", "content": "", "tool_calls": [{"id": "call12345", "type": "function", "function": {"name": "f", "arguments": {"x": [1, 2.5, null]}}}]},
      {"role": "tool", "name": "f", "content": "{\"y\": 3}"}, {"role": "assistant", "content": "fin 🐔"}])");
    made.tools = Json::parse(
        R"([{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}])");
    return made;
  }();
  return input;
}

using Contents = std::array<std::string_view, 4>;
// Of the same lengths, so that they use about the same part of a budget.
constexpr std::array<Contents, 3> kContents = {{{" Be brief. ", "a <b>", "</think>", "x"},
                                                {"\n\nOlá [x]\n", "\tfoo ", "<think>x", "\n"},
                                                {"<|user|>{{x", "aaaaa", "{% raw %", " "}}};

jinja::Input plain_conversation(const Contents& contents) {
  jinja::Input made = common_input();
  Json messages = Json::array();
  for (std::size_t i = 0; i < contents.size(); ++i) {
    messages.push_back({{"role", i == 0 ? "system" : i % 2 == 1 ? "user" : "assistant"}, {"content", contents[i]}});
  }
  made.messages = std::move(messages);
  made.is_traced = true;
  return made;
}

/** Nothing when the template raises an error or exceeds its budget. */
std::optional<jinja::Output> render(const jinja::Template& chat_template, const jinja::Input& input,
                                    const jinja::Budget& budget = kBudget) {
  try {
    return chat_template.render(input, budget);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void check_plans(const jinja::Template& chat_template) {
  static const std::array<jinja::Input, 3> kInputs = {
      plain_conversation(kContents[0]), plain_conversation(kContents[1]), plain_conversation(kContents[2])};
  const auto first = render(chat_template, kInputs[0]);
  const auto plan = first ? RenderingPlan::make(*first) : std::nullopt;
  if (!plan) return;
  for (std::size_t i = 0; i < kInputs.size(); ++i) {
    const auto replayed = plan->replay(kContents[i]);
    if (!replayed) continue;
    const auto rendered = render(chat_template, kInputs[i], kAmpleBudget);
    if (rendered && rendered->text.bytes == replayed->text &&
        rendered->generation.size() == replayed->generation.size())
      continue;
    std::fprintf(stderr, "contents %zu: the plan gives '%s', the template '%s'\n", i, replayed->text.c_str(),
                 rendered ? rendered->text.bytes.c_str() : "(refuses)");
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const jinja::Template chat_template({reinterpret_cast<const char*>(data), size}, "template");
    render(chat_template, conversation_with_tools());
    check_plans(chat_template);
  } catch (const Error&) {
    // Not a template: an Error, as expected.
  }
  return 0;
}
