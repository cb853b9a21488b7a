#include "export/modelfile.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

std::optional<std::string> go_template(const std::string& source, const std::string& bos = "") {
  return ollama_template(ChatTemplate(source, "test", {{"bos_token", bos}}), bos);
}

}  // namespace

TEST_CASE("a template of texts around each message has an equivalent in Go") {
  const auto found = go_template(
      "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}[/]\n{% endfor %}"
      "{% if add_generation_prompt %}[assistant]{% endif %}",
      "<s>");
  REQUIRE(found);
  CHECK(*found ==
        "{{ range $i, $m := .Messages }}{{ if eq $m.Role \"user\" }}[user]{{ $m.Content }}[/]\n"
        "{{ else if eq $m.Role \"assistant\" }}[assistant]{{ $m.Content }}[/]\n"
        "{{ else if eq $m.Role \"system\" }}[system]{{ $m.Content }}[/]\n{{ end }}{{ end }}[assistant]");
}

TEST_CASE("a default system message is written before conversations without one") {
  const auto found = go_template(
      "{% if messages[0]['role'] != 'system' %}<system>Be kind.</system>{% endif %}"
      "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</{{ m['role'] }}>{% endfor %}"
      "{% if add_generation_prompt %}<assistant>{% endif %}");
  REQUIRE(found);
  CHECK(found->find("{{ if and (eq $i 0) (ne $m.Role \"system\") }}<system>Be kind.</system>{{ end }}") !=
        std::string::npos);
}

TEST_CASE("a template that refuses system messages has no branch for them") {
  const auto found = go_template(
      "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
      "<{{ m['role'] }}>{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
  REQUIRE(found);
  CHECK(found->find("system") == std::string::npos);
}

TEST_CASE("braces of the template are text in Go") {
  const auto found = go_template("{% for m in messages %}{{ '{{' }}{{ m['role'] }}:{{ m['content'] }};{% endfor %}");
  REQUIRE(found);
  CHECK(found->find("{{ \"{{\" }}user:") != std::string::npos);
}

TEST_CASE("other templates have no equivalent") {
  // Numbers of turns, contents that change, and a last turn that differs.
  CHECK_FALSE(go_template("{% for m in messages %}{{ loop.index }}{{ m['content'] }}{% endfor %}"));
  CHECK_FALSE(go_template("{% for m in messages %}{{ m['role'] }}{{ m['content'] | upper }}{% endfor %}"));
  CHECK_FALSE(go_template(
      "{% for m in messages %}{{ m['role'] }}{{ m['content'] }}{% if loop.last %}!{% endif %}{% endfor %}"));
  CHECK_FALSE(go_template("{{ raise_exception('no') }}"));
}
