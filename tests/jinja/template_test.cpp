// The template language: the documented behavior of Jinja2, sources of content, and budgets for malicious templates.
// tests/parity/test_tokens.py compares with Jinja2.
#include "jinja/template.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "peak_memory.hpp"
#include "record/exact_json.hpp"

namespace {

using namespace intelia;

std::string render(const std::string& source, const Json& variables = Json::object()) {
  jinja::Input input;
  for (const auto& [name, value] : variables.items()) input.variables.push_back({name, value});
  return jinja::Template(source, "test").render(input).text.bytes;
}

std::string failure(const std::string& source, const jinja::Budget& budget = {}) {
  try {
    jinja::Template(source, "test").render({}, budget);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::input);
    return error.what();
  }
  return "";
}

TEST_CASE("whitespace control is that of transformers") {
  CHECK(render("  {% if true %}\n  x\n  {% endif %}\ny\n") == "  x\ny");
  CHECK(render("a\n  {{- 1 -}}  \nb") == "a1b");
  CHECK(render("a {#- c -#} b") == "ab");
  CHECK(render("  {%+ if true %}x{% endif %}") == "  x");
  CHECK(render("{% raw %}{{ x }}{% endraw %}") == "{{ x }}");
}

TEST_CASE("scopes: assignments in loops are local, namespaces are not") {
  CHECK(render("{% set x = 1 %}{% for i in [1, 2] %}{% set x = 5 %}{% endfor %}{{ x }}") == "1");
  CHECK(render("{% set n = namespace(x=1) %}{% for i in [1, 2] %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}") == "4");
  CHECK(render("{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}") == "2");
  CHECK(render("{% macro m() %}{{ y }}{% endmacro %}{% set y = 3 %}{{ m() }}") == "3");
}

TEST_CASE("numbers and text are printed as in Python") {
  CHECK(render("{{ 1e16 }} {{ 1e15 }} {{ 0.1 + 0.2 }} {{ 7 // -2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 1 / 2 }}") ==
        "1e+16 1000000000000000.0 0.30000000000000004 -4 2 1024 0.5");
  CHECK(render("{{ ['a\\'b', none, true] }}") == "[\"a'b\", None, True]");
  CHECK(render("{{ x | tojson }}", {{"x", {{"é", 1.0}, {"b", "\n\""}}}}) == "{\"é\": 1.0, \"b\": \"\\n\\\"\"}");
}

TEST_CASE("errors name the template and the line") {
  CHECK(failure("a\n{{ x.y }}") == "test:2: 'x' is undefined");
  CHECK(failure("{% if %}").starts_with("test:1: "));
  CHECK(failure("{% for x in [1] %}").starts_with("test:1: "));
  CHECK(failure("{% include 'x' %}") == "test:1: the tag 'include' is not supported");
  CHECK(failure("{{ raise_exception('said by the template') }}") == "said by the template");
  CHECK(failure("{{ 'a' | nosuch }}") == "test:1: No filter named 'nosuch'.");
}

TEST_CASE("each character of the output has its source message") {
  jinja::Input input;
  input.messages = Json::parse(R"([{"role":"user","content":"  ab "},{"role":"assistant","content":"cd"}])");
  const jinja::Template chat(
      "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{{ ('[' + m.content.strip()[1:] + ']') | upper }}{% "
      "endfor %}",
      "test");
  const jinja::Text text = chat.render(input).text;
  CHECK(text.bytes == "<user>ab[B]<assistant>cd[D]");
  std::string sources(text.bytes.size(), '.');
  for (const jinja::SourceRange& range : text.sources) {
    for (std::size_t i = range.begin; i < range.end; ++i) sources[i] = static_cast<char>('0' + range.source);
  }
  CHECK(sources == "......00.0............11.1.");
}

TEST_CASE("the positions of generation blocks in the output") {
  const jinja::Output output =
      jinja::Template("ab{% generation %}cd{% endgeneration %}e{% generation %}f{% endgeneration %}", "test")
          .render({});
  CHECK(output.text.bytes == "abcdef");
  REQUIRE(output.generation.size() == 2);
  CHECK(output.generation[0] == std::pair<std::size_t, std::size_t>(2, 4));
  CHECK(output.generation[1] == std::pair<std::size_t, std::size_t>(5, 6));
}

TEST_CASE("the date is an argument, never read from the clock") {
  jinja::Input input;
  const jinja::Template chat("{{ strftime_now('%d %b %Y %A %j') if strftime_now is defined else 'none' }}", "test");
  CHECK(chat.render(input).text.bytes == "none");
  input.now = jinja::DateTime{2024, 2, 29, 0, 0, 0};
  CHECK(chat.render(input).text.bytes == "29 Feb 2024 Thursday 060");
}

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

struct Bomb {
  const char* name;
  std::string source;
  const char* refusal;  // nothing: it is harmless here, and its output is short
};

TEST_CASE("fault_20_tokens: twenty malicious templates fail, or do nothing, within the default budget") {
  const Bomb bombs[] = {
      {"range 1e9", "{% for i in range(1000000000) %}x{% endfor %}", "Range too big"},
      {"nested range", "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
       "more than 1000000 steps"},
      {"text times 1e10", "{{ 'a' * 10000000000 }}", "bytes of text"},
      {"doubling",
       "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}{{ n.x }}",
       "bytes of text"},
      {"list times 1e9", "{{ ([0] * 1000000000) | length }}", "more than 1000000 steps"},
      {"power", "{{ 9 ** 9 ** 9 }}", "does not fit in 64 bits"},
      {"macro recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nests more than 300 deep"},
      {"parentheses", "{{ " + repeated("(", 5000) + "1" + repeated(")", 5000) + " }}", "nested too deep"},
      {"nested ifs", repeated("{% if true %}", 2000) + "x" + repeated("{% endif %}", 2000), "nested too deep"},
      {"__class__", "{{ ''.__class__.__mro__ }}", "unsafe"},
      {"format escape", "{{ '{0.__class__}'.format('') }}", nullptr},
      {"map attribute", "{{ ['a'] | map(attribute='__class__.__mro__') | list }}", ""},
      {"include", "{% include '/etc/passwd' %}", "the tag 'include' is not supported"},
      {"import", "{% import 'os' as os %}{{ os.getcwd() }}", "the tag 'import' is not supported"},
      {"center", "{{ 'x' | center(10000000000) }}{{ 'x'.center(10000000000) }}", "bytes of text"},
      {"percent", "{{ '%010000000000d' % 5 }}", "wider than"},
      {"indent", "{{ 'x\ny' | indent(10000000000) }}", "bytes of text"},
      {"replace", "{{ ('a' * 100000) | replace('a', 'b' * 100000) }}", "bytes of text"},
      {"wordwrap", "{{ ('a ' * 1000000) | wordwrap(1) }}", "No filter named 'wordwrap'"},
      {"tojson indent", "{{ {'a': [1]} | tojson(indent=1000000000) }}", "indents by at most"},
  };
  const PeakMemory memory;
  for (const Bomb& bomb : bombs) {
    CAPTURE(bomb.name);
    std::string output, refusal;
    try {
      output = render(bomb.source);
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::input);
      refusal = error.what();
    }
    if (bomb.refusal == nullptr)
      CHECK(output.find("class") == std::string::npos);
    else
      CHECK(refusal.find(bomb.refusal) != std::string::npos);
    CHECK(output.size() < 100);
  }
  CHECK(memory.growth() <= 64 << 20);
}

TEST_CASE("fault_20_tokens: searching texts that repeat themselves takes linear time and is charged") {
  const std::string texts =
      "{% set a = 'a' * 5000000 %}{% set h = 'a' * 2500000 %}{% set b = h + 'b' %}{% set c = 'b' + h %}";
  for (const char* expression :
       {"b in a", "b is in a", "a.find(b)", "a.rfind(c)", "a.count(b)", "a.replace(b, '') | length",
        "a.split(b) | length", "a.rsplit(c) | length", "a.partition(b) | length", "a.rpartition(c) | length"}) {
    CAPTURE(expression);
    CHECK(render(texts + "{{ " + expression + " }}").size() < 10);
  }
  CHECK(failure(texts + "{% for i in range(1000) %}{{ a.find(b) }}{% endfor %}").find("steps") != std::string::npos);
}

TEST_CASE("fault_20_tokens: other kinds of growth fail, too, within 64 MiB") {
  const char* bombs[] = {
      "{% set n = namespace(x=[1]) %}{% for i in range(200) %}{% set n.x = n.x + n.x %}{% endfor %}",
      "{% set n = namespace(x=[]) %}{% for i in range(1000) %}{% set n.x = [n.x] %}{% endfor %}",
      "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
      "{{ [[0] * 100000] * 100000 }}",
      "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
      "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] "
      "%}{% endfor %}{{ n.x == n.y }}",
      "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}",
      "{% set n = namespace(x=(1,)) %}{% for i in range(60) %}{% set n.x = (n.x, n.x) %}{% endfor %}{{ {}[n.x] }}{{ "
      "{n.x: 1, n.x: 2} }}",
      "{{ ([1] * 10000) | tojson(indent='x' * 100000) }}",
      "{% for i in range(100000) %}{% for j in range(100) %}{{ 'x' * 100 }}{% endfor %}{% endfor %}",
      "{{ ('x' * 20000000) | list | length }}",
      "{{ ('x ' * 10000000).split(' ') | length }}",
      "{% set n = namespace(x=[]) %}{% for i in range(100000) %}{% set n.x = n.x + [{'a': i}] %}{% endfor %}",
      "{{ ('x\\n' * 5000000).splitlines() | length }}{{ ('x\\n' * 5000000) | indent }}",
      "{{ 'x'.ljust(100000000000) }}",
      "{{ '{:>1000000000}'.format(1) }}",
      "{{ 'aaaaaaaaaa'.replace('', 'b' * 10000).replace('', 'b' * 10000) }}",
      "{{ ('x' * 100000) | indent(10000) | replace('x', 'y' * 1000) }}",
      "{% for x in loop %}{% endfor %}{{ nosuch() }}",
      "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
      "{% call m() %}{% endcall %}",
      "{{ [].append(1) }}",
      "{% set n = namespace() %}{% set n.__class__ = 1 %}",
  };
  const PeakMemory memory;
  for (const std::string bomb : bombs) {
    CAPTURE(bomb);
    CHECK(failure(bomb) != "");
  }
  CHECK(memory.growth() <= 64 << 20);
}

/** Operations on texts `a` and `b` of 2 MB, lists `l` and `m` of 20,000 texts, and dicts `d` and `e` of 400 items. */
const char* const kCostlyOperations[] = {
    "a[::-1]",
    "a[::2]",
    "a[1:]",
    "a[-1]",
    "a ~ 'x'",
    "a + a",
    "a | safe + '<' * 100000",
    "a * 2",
    "a % ()",
    "'%s%s' % (a, a)",
    "'%r' % a",
    "a in b",
    "a == b",
    "a < b",
    "{}[a]",
    "{}[a] is defined",
    "{a: 1}",
    "[a][0][5]",
    "a.nosuch",
    "a is upper",
    "a is lower",
    "a is eq b",
    "a is in b",
    "dict([(a, 1)])",
    "a.upper()",
    "a.lower()",
    "a.title()",
    "a.capitalize()",
    "a.swapcase()",
    "a.casefold()",
    "a.strip('x' ~ b)",
    "a.strip('a')",
    "a.lstrip()",
    "a.replace('a', 'b')",
    "a.replace('a', '')",
    "a.replace('', 'x')",
    "a.split('a')",
    "a.split()",
    "a.rsplit('a')",
    "a.splitlines()",
    "a.join(a)",
    "a.join([a, a])",
    "''.join(a)",
    "''.join(l)",
    "a.join(l)",
    "a.center(3000000)",
    "a.ljust(3000000)",
    "a.zfill(3000000)",
    "'x'.center(4611686018427387905, '\U0001F600')",
    "a.partition('b')",
    "a.rpartition('b')",
    "a.removeprefix('a')",
    "a.removesuffix('a')",
    "a.format()",
    "'{0}{0}'.format(a)",
    "'{!r}'.format(a)",
    "'{[0]}'.format(a)",
    "'{:>9}'.format(a)",
    "a.find('b')",
    "a.rfind('b')",
    "a.count('a')",
    "a.startswith(b)",
    "a.isalpha()",
    "a.isprintable()",
    "a.islower()",
    "a.istitle()",
    "a.isascii()",
    "a | upper",
    "a | lower",
    "a | title",
    "a | capitalize",
    "a | trim",
    "a | list",
    "a | first",
    "a | last",
    "a | reverse",
    "a | join('x')",
    "a | join(a)",
    "a | replace('a', 'b')",
    "a | indent",
    "a | truncate(10, true, b)",
    "a | wordcount",
    "a | format",
    "a | center(3000000)",
    "a | tojson",
    "a | tojson(separators=a)",
    "a | escape",
    "a | safe",
    "a | string",
    "a | int",
    "a | float",
    "a | length",
    "a | unique",
    "a | sort",
    "a | min",
    "a | map('upper')",
    "a | select('eq', 'b')",
    "a | batch(1)",
    "a | slice(3)",
    "[a] | map(attribute=0)",
    "a | attr(b)",
    "l[::-1]",
    "l[::2]",
    "l + l",
    "l * 2",
    "l | list",
    "l | join",
    "l | join(a)",
    "l | sort",
    "l | unique",
    "l | map('upper')",
    "l | map(attribute='x' * 100000)",
    "l | map('string')",
    "l | reverse",
    "l | batch(1)",
    "l | slice(10000)",
    "l | tojson",
    "l | tojson(separators=('x' * 100000, ':'))",
    "l | tojson(indent=60)",
    "l | string",
    "l ~ ''",
    "l | min",
    "l | max",
    "range(20000) | sum",
    "l | select",
    "l | reject('eq', 'x')",
    "l | groupby(0)",
    "l | first",
    "l == m",
    "'x' in l",
    "'x' is in l",
    "l.index('19999')",
    "l.count('x')",
    "range(100000)",
    "[[], []] * 10000",
    "d.items()",
    "d | items",
    "d | dictsort",
    "d.values()",
    "d.keys()",
    "d.nosuch",
    "d['nosuch']",
    "d.get('nosuch')",
    "dict(d)",
    "namespace(d)",
    "namespace(**d)",
    "d == e",
    "'x' in d",
    "strftime_now('%c' * 100000)",
    "loop.changed(a)",
};

TEST_CASE("fault_20_tokens: every operation is charged for its work and memory") {
  Json names = Json::object();
  for (int i = 0; i < 400; ++i) names["k" + std::to_string(i)] = i;
  jinja::Input input;
  input.variables.push_back({"d", names});
  input.now = jinja::DateTime{2024, 2, 29, 0, 0, 0};
  for (const std::string letters : {"aa", "ΐ"}) {
    const std::string operands = "{% set a = '" + letters +
                                 "' * 1000000 %}{% set b = a[1:] ~ 'b' %}{% set e = dict(d) %}" +
                                 "{% set l = range(20000) | map('string') | list %}{% set m = l | list %}";
    for (const std::string operation : kCostlyOperations) {
      CAPTURE(letters);
      CAPTURE(operation);
      const jinja::Template chat(operands + "{% for i in range(100000) %}{% set x = " + operation + " %}{% endfor %}",
                                 "test");
      const PeakMemory memory;
      std::string refusal;
      try {
        chat.render(input);
      } catch (const Error& error) {
        refusal = error.what();
      }
      const bool is_over_budget = refusal.ends_with(" steps") || refusal.ends_with(" bytes of text");
      CHECK_MESSAGE(is_over_budget, refusal);
      CHECK(memory.growth() <= 64 << 20);
    }
  }
}

TEST_CASE("fault_20_tokens: a template with many names, scopes or attributes is charged for finding one") {
  std::string assignments, nested = "{{ nosuch is defined }}", attributes;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "v" + std::to_string(1000 + i);
    assignments += "{% set " + name + " = 1 %}";
    attributes += name + " = 1, ";
  }
  for (int i = 0; i < 100; ++i) nested = "{% with %}" + assignments.substr(0, 190) + nested + "{% endwith %}";
  const auto looped = [](const std::string& body) { return "{% for i in range(100000) %}" + body + "{% endfor %}"; };
  CHECK(failure(assignments + looped("{{ v2999 is defined }}{{ nosuch is defined }}")).ends_with(" steps"));
  CHECK(failure(looped(nested)).ends_with(" steps"));
  CHECK(failure("{% set n = namespace(" + attributes + ") %}" + looped("{{ n.v2999 }}{% set n.v2999 = 2 %}"))
            .ends_with(" steps"));
  const std::string body = "{% if false %}" + repeated("{{ 1 }}", 100000) + "{% endif %}{{ varargs | length }}";
  CHECK(failure("{% macro m() %}" + body + "{% endmacro %}" + looped("{% set x = m(1) %}")).ends_with(" steps"));
  CHECK(failure("{{ " + std::string(1001, 'x') + " }}") == "test:1: a name has more than 1000 bytes");
  CHECK(failure("{{ {}['x' * 100000].y }}") ==
        "test:1: 'dict object' has no attribute '" + std::string(130, 'x') + " … " + std::string(65, 'x') + "'");
}

TEST_CASE("fault_20_tokens: operations on the text of many messages take linear time") {
  constexpr std::size_t kNumMessages = 200'000;
  jinja::Input input;
  input.messages = Json::array();
  for (std::size_t i = 0; i < kNumMessages; ++i) input.messages->push_back({{"content", "ab"}});
  for (const std::string operation : {"t | list", "t.split('-')", "t.replace('', '+')", "t[::-1]", "t | join('+')"}) {
    CAPTURE(operation);
    const jinja::Template chat(
        "{% set t = messages | map(attribute='content') | join('-') %}{{ (" + operation + ") | length }}", "test");
    CHECK(chat.render(input, jinja::Budget::for_input(kNumMessages, 2 * kNumMessages)).text.bytes.size() <= 7);
  }
}

TEST_CASE("results that do not fit in 64 bits are errors, never other numbers") {
  for (const char* source : {"{{ 9223372036854775807 + 1 }}", "{{ 2 ** 100000 }}", "{{ 9223372036854775807 * 2 }}",
                             "{{ 99999999999999999999 }}", "{{ '99999999999999999999' | int }}", "{{ 1e20 | int }}",
                             "{{ '1e20' | int }}", "{{ '%d' % 1e20 }}"}) {
    CAPTURE(source);
    CHECK(failure(source).find("does not fit in 64 bits") != std::string::npos);
  }
  CHECK(failure("{{ 1 // 0 }}") == "test:1: integer division or modulo by zero");
}

TEST_CASE("an integer of more than 64 bits is printed and compared as in Python, and not computed with") {
  const Json numbers = parse_exact_json(R"({"n": 123456789012345678901234567890, "m": -18446744073709551616,
      "edge": 9223372036854775808, "f": 9223372036854775808.0, "inf": 1e400, "x": [3, 123456789012345678901234567890, 2.5]})",
                                        "numbers");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{{ n }} {{ [n] }} {{ x | tojson }} {{ m }} {{ {n: 1} | tojson }}",
       "123456789012345678901234567890 [123456789012345678901234567890] [3, 123456789012345678901234567890, 2.5] "
       "-18446744073709551616 {\"123456789012345678901234567890\": 1}"},
      {"{{ n == n }} {{ n == m }} {{ m < n }} {{ n > 1e30 }} {{ n < 1e30 }} {{ x | sort }} {{ n in x }} {{ n < inf }}",
       "True False True False True [2.5, 3, 123456789012345678901234567890] True True"},
      {"{{ edge == f }} {{ edge > f }} {{ -edge }} {{ -edge == -9223372036854775807 - 1 }} {{ -m }} {{ m | abs }} "
       "{{ -(-9223372036854775807 - 1) }} {{ (-9223372036854775807 - 1) // -1 }}",
       "True False -9223372036854775808 True 18446744073709551616 18446744073709551616 "
       "9223372036854775808 9223372036854775808"},
      {"{{ 9007199254740993 == 9007199254740992.0 }} {{ 9007199254740993 > 9007199254740992.0 }}", "False True"},
      {"{{ n is integer }} {{ n is number }} {{ n is float }} {{ 'y' if n else 'n' }} {{ n | int }} {{ n | string }} "
       "{{ +n }}",
       "True True False y 123456789012345678901234567890 123456789012345678901234567890 "
       "123456789012345678901234567890"},
      {"{{ '%d|%s' % (n, m) }} {{ '{:,}'.format(n) }} {{ n | float }} {{ n * 1.0 }} {{ '%.2f' % m }}",
       "123456789012345678901234567890|-18446744073709551616 123,456,789,012,345,678,901,234,567,890 "
       "1.2345678901234568e+29 1.2345678901234568e+29 -18446744073709551616.00"},
      {"{{ inf }} {{ -inf }} {{ [inf] | tojson }}", "inf -inf [Infinity]"},
  };
  for (const auto& [source, expected] : cases) {
    CAPTURE(source);
    CHECK(render(source, numbers) == expected);
  }
  for (const char* source :
       {"{{ n + 1 }}", "{{ n // 2 }}", "{{ n / 2 }}", "{{ n is odd }}", "{{ 'a' * n }}", "{{ [1][n] }}",
        "{{ 'abc'[:n] }}", "{{ range(n) }}", "{{ [n, 1] | sum }}", "{{ '%x' % n }}"}) {
    CAPTURE(source);
    CHECK_THROWS_WITH_AS(render(source, numbers),
                         doctest::Contains("the number 123456789012345678901234567890 does not fit in 64 bits"), Error);
  }
}

TEST_CASE("fault_20_tokens: too deeply nested sources are errors") {
  CHECK(failure("{{ " + std::string(100000, '(')) != "");
  CHECK(failure("{{ " + std::string(100000, '-') + "1 }}") != "");
  CHECK(failure("{{ x" + std::string(100000, '.')) != "");
  for (const char* link : {" + 1", " * 1", " ** 1", " or 0", " and 1", " if 1", " if 1 else 1", "|abs", " is odd",
                           "[0]", ".a", "()", " ~ 1 - 1"}) {
    CAPTURE(link);
    CHECK(failure("{{ 1" + repeated(link, 300'000) + " }}") != "");
  }
  CHECK(failure(repeated("{% if 1 %}", 100'000)) != "");
  CHECK(failure("{% if 0 %}" + repeated("{% elif 0 %}", 100'000) + "{% endif %}") != "");
}

TEST_CASE("cycles of namespaces and macros are freed") {
  CHECK(render("{% set a = namespace() %}{% set a.self = a %}{% macro m() %}{{ a.self.self is defined }}{% endmacro "
               "%}{% set a.m = m %}{{ a.m() }}") == "True");
}

}  // namespace
