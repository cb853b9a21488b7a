// Rendering plans: which conversations they serve, and that they give the same text as the template.
#include "tokens/rendering_plan.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "jinja/template.hpp"

namespace {

using namespace intelia;

jinja::Output traced(const std::string& source, const std::vector<std::string>& contents) {
  jinja::Input input;
  input.messages = Json::array();
  for (const std::string& content : contents) input.messages->push_back({{"role", "user"}, {"content", content}});
  input.is_traced = true;
  return jinja::Template(source, "test").render(input);
}

std::optional<Rendered> replay(const std::string& source, const std::vector<std::string>& first,
                               const std::vector<std::string_view>& second) {
  const auto plan = RenderingPlan::make(traced(source, first));
  if (!plan) return std::nullopt;
  return plan->replay(second);
}

TEST_CASE("copied and trimmed contents are inserted") {
  const std::string source =
      "{% for m in messages %}<{{ m.content | trim }}|{% generation %}{{ m.content.lstrip('x') + '.' }}{% "
      "endgeneration %}>{% endfor %}";
  const auto rendered = replay(source, {" a ", "b"}, {"\txy\n", "xxz"});
  REQUIRE(rendered);
  CHECK(rendered->text == "<xy|\txy\n.><xxz|z.>");
  REQUIRE(rendered->content.size() == 4);
  CHECK(rendered->content[1].bytes == ByteRange{4, 8});
  CHECK(rendered->content[3].message == 1);
  REQUIRE(rendered->generation.size() == 2);
  CHECK(rendered->generation[0] == ByteRange{4, 9});
  CHECK(rendered->generation[1] == ByteRange{15, 17});
}

TEST_CASE("contents are trimmed within the surrounding text") {
  const std::string both = "{% set m = messages %}";
  const auto text = [&](const std::string& expression, const std::vector<std::string>& first,
                        const std::vector<std::string_view>& second) {
    const auto rendered = replay(both + "{{ '<' ~ (" + expression + ") ~ '>' }}", first, second);
    return rendered ? rendered->text : "no plan";
  };
  CHECK(text("('x ' ~ m[0].content ~ ' y ') | trim", {"a"}, {" b "}) == "<x  b  y>");
  CHECK(text("('x ' ~ m[0].content) | trim", {"a"}, {" b "}) == "<x  b>");
  CHECK(text("(m[0].content ~ ' x').strip()", {" a "}, {"b "}) == "<b  x>");
  CHECK(text("(' ' ~ m[0].content ~ '\\n').strip()", {"a"}, {"\tb c\n"}) == "<b c>");
  CHECK(text("(' ' ~ m[0].content ~ '\\n').rstrip()", {"a"}, {"\tb c\n"}) == "< \tb c>");
  CHECK(text("(m[0].content ~ '-' ~ m[1].content) | trim", {"a ", "b"}, {" c ", " d "}) == "<c - d>");
  CHECK(text("(m[0].content ~ m[1].content).strip('xy')", {"a", "b"}, {"xcx", "ydy"}) == "<cxyd>");
  CHECK(text("(m[0].content ~ '-' ~ m[1].content) | trim", {"a", "b"}, {"c", " "}) == "no plan");
  CHECK(text("(' ' ~ m[0].content) | trim", {" "}, {"a"}) == "no plan");
  const std::string source =
      both + "{{ ('x' ~ m[0].content ~ ' ') | trim }}|{% generation %}{{ m[0].content }}{% endgeneration %}";
  const auto rendered = replay(source, {"a"}, {"bc "});
  REQUIRE(rendered);
  CHECK(rendered->content[0].bytes == ByteRange{1, 3});
  CHECK(rendered->generation[0] == ByteRange{4, 7});
}

TEST_CASE("another result of a template's test needs another plan") {
  const std::string source =
      "{{ 'T' if '</think>' in messages[0].content and not messages[0].content.startswith('<') else 'F' }}{{ "
      "messages[0].content }}";
  CHECK(replay(source, {"a"}, {"b"})->text == "Fb");
  CHECK(!replay(source, {"a"}, {"x</think>"}));
  CHECK(replay(source, {"a</think>"}, {"x</think>"})->text == "Tx</think>");
  CHECK(!replay(source, {"a</think>"}, {"<x</think>"}));
  const std::string blank = "{{ 'E' if not messages[0].content.strip() else messages[0].content }}";
  CHECK(!replay(blank, {"a"}, {"  "}));
  CHECK(!replay(blank, {" "}, {"a"}));
  CHECK(replay(blank, {" "}, {"\n"})->text == "E");
  const std::string equal = "{{ messages[0].content == 'yes' }}";
  CHECK(!replay(equal, {"no"}, {"yes"}));
  CHECK(replay(equal, {"no"}, {"none"})->text == "False");
}

TEST_CASE("templates that inspect contents in other ways have no plan") {
  for (const char* expression : {"m | length",
                                 "m | upper",
                                 "m[0]",
                                 "m[1:]",
                                 "m.split('a')[0]",
                                 "m.replace('a', 'b')",
                                 "m | tojson",
                                 "[m]",
                                 "m in 'abc'",
                                 "m < 'b'",
                                 "{m: 1}.keys() | length",
                                 "{'a': 1}[m]",
                                 "m | list | length",
                                 "'%s' % m",
                                 "m is in ['a']",
                                 "[m, 'b'] | sort | first",
                                 "messages | tojson",
                                 "m == messages[1].content",
                                 "m.find('a')",
                                 "m * 2 == 'aa'",
                                 "m | int",
                                 "m.title is defined and m.title()"}) {
    CAPTURE(expression);
    CHECK(!RenderingPlan::make(
        traced("{% set m = messages[0].content %}{{ " + std::string(expression) + " }}", {"a", "b"})));
  }
  CHECK(!RenderingPlan::make(traced("{% for c in messages[0].content %}{{ loop.index }}{% endfor %}", {"a"})));
  CHECK(!RenderingPlan::make(traced("{% set a, b = messages[0].content %}x", {"ab"})));
}

TEST_CASE("templates that only pass contents on have a plan") {
  for (const char* expression : {"m", "m ~ m", "m + ''", "m if m else 'n'", "m is string", "m | default('x')",
                                 "[m, 'b'] | first", "messages | map(attribute='content') | join(',')",
                                 "(messages | selectattr('role', 'equalto', 'user') | list)[0].content",
                                 "m.rstrip() if m.endswith('\\n') else m", "m * 2", "'role' in messages[0]"}) {
    CAPTURE(expression);
    const std::string source = "{% set m = messages[0].content %}{{ " + std::string(expression) + " }}";
    const auto rendered = replay(source, {"a", "b"}, {"cd", "e"});
    REQUIRE(rendered);
    CHECK(rendered->text == traced(source, {"cd", "e"}).text.bytes);
  }
}

TEST_CASE("a template object gives the same text and turns the second time") {
  const ChatTemplate chat(
      "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</>{% endfor %}{% if add_generation_prompt "
      "%}<assistant>{% endif %}",
      "test");
  for (const char* answer : {"a", " b ", "", "c", "  ", "d\n"}) {
    const std::vector<Message> messages = {{"user", "q"}, {"assistant", answer}, {"user", "r"}, {"assistant", "s"}};
    const Rendered rendered = chat.render_turns(messages);
    CAPTURE(rendered.text);
    REQUIRE(rendered.turns.size() == 2);
    CHECK(rendered.turns[0].begin == std::string("<user>q</><assistant>").size());
    const std::string first = chat.render({messages[0], messages[1]}, false).text;
    CHECK(rendered.turns[0].proven_end == first.size());
    CHECK(rendered.turns[1].proven_end == rendered.text.size());
    CHECK(rendered.turns[1].begin == rendered.text.size() - 4);
  }
}

}  // namespace
