// Any bytes as a chat template: parsed, and rendered over a conversation within a small budget.
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "tokens/jinja.hpp"

namespace {

using namespace intelia;

const jinja::Input& conversation() {
  static const jinja::Input input = [] {
    jinja::Input made;
    made.variables = {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"add_generation_prompt", true}, {"documents", nullptr}};
    made.messages = Json::parse(R"([{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Olá <b>"},
      {"role": "assistant", "content": "", "tool_calls": [{"id": "call12345", "type": "function", "function": {"name": "f", "arguments": {"x": [1, 2.5, null]}}}]},
      {"role": "tool", "name": "f", "content": "{\"y\": 3}"}, {"role": "assistant", "content": "fin 🐔"}])");
    made.tools = Json::parse(R"([{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}])");
    made.now = jinja::DateTime{2026, 11, 21, 10, 58, 3};
    return made;
  }();
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const jinja::Template chat_template({reinterpret_cast<const char*>(data), size}, "template");
    chat_template.render(conversation(), {100'000, 100, 4 << 20});
  } catch (const Error&) {
    // Refused in words, as it should be.
  }
  return 0;
}
