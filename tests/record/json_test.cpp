// JSON strings round-trip through another parser.
#include "record/json.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "record/exact_json.hpp"
#include "record/json_line.hpp"
#include "text/utf8.hpp"

using namespace intelia;

TEST_CASE("nothing inside a JSON string can be taken for the end of a line") {
  const std::string text =
      "a\xC2\x85"
      "b\xE2\x80\xA8"
      "c\xE2\x80\xA9 \x0b\x0c\x1c\x1d\x1e\r\n\xC2\xA0\xC2";
  std::string json;
  append_json_string(json, std::string_view(text).substr(0, text.size() - 1));
  CHECK(json == "\"a\\u0085b\\u2028c\\u2029 \\u000b\\f\\u001c\\u001d\\u001e\\r\\n\xC2\xA0\"");
  CHECK(json_line(Json(text.substr(0, text.size() - 1))) == json + "\n");
  json.clear();
  append_json_string(json, "\xC2");  // at the end
  CHECK(json == "\"\xC2\"");
}

TEST_CASE("unusual strings round-trip through nlohmann's parser") {
  for (const std::string& text :
       {std::string("plain"), std::string("\"quoted\" \\ back"), std::string("tab\tnew\nline\r\b\f"),
        std::string("\0\x01\x1f\x7f", 4), std::string("é ñ ç 🐔"),
        std::string("\xE2\x80\xA8 and \xE2\x80\xA9 and \xE2\x80\xA7"), std::string("\xE2\x80"), std::string()}) {
    std::string out;
    append_json_string(out, text);
    CHECK(out.find('\n') == std::string::npos);
    CHECK(out.find("\xE2\x80\xA8") == std::string::npos);
    if (is_valid_utf8(text)) CHECK(Json::parse(out).get<std::string>() == text);
  }
}

TEST_CASE("non-ASCII is not escaped; numbers are the shortest that round-trip") {
  std::string out;
  append_json_string(out, "œuf");
  CHECK(out == "\"œuf\"");
  out.clear();
  append_json_number(out, 0.1);
  out += ' ';
  append_json_number(out, 4.5);
  out += ' ';
  append_json_number(out, 0.0 / 0.0);
  CHECK(out == "0.1 4.5 null");
}

TEST_CASE("the numbers of exact JSON are those of Python") {
  const std::string text =
      "\xEF\xBB\xBF{\"a\": [18446744073709551616, -9223372036854775809, 18446744073709551615, 9223372036854775807, -0],"
      " \"b\": {\"c\": 1e400, \"d\": -1e400, \"e\": 1e-400, \"f\": 1.10, \"b\": null, \"b\": true}, \"\": \"x\"}";
  const Json json = parse_exact_json(text, "x");
  CHECK(large_integer(json["a"][0]) == "18446744073709551616");
  CHECK(large_integer(json["a"][1]) == "-9223372036854775809");
  CHECK_FALSE(large_integer(json["a"][3]));
  CHECK(json_line(json) ==
        "{\"a\":[18446744073709551616,-9223372036854775809,18446744073709551615,9223372036854775807,0],"
        "\"b\":{\"c\":1e999,\"d\":-1e999,\"e\":0.0,\"f\":1.1,\"b\":true},\"\":\"x\"}\n");
  CHECK(json_line(parse_exact_json("7", "x")) == "7\n");
  CHECK_THROWS_WITH_AS(parse_exact_json("{\"a\":", "f.json"), "f.json: not valid JSON near byte 6", Error);
  CHECK_THROWS_WITH_AS(parse_exact_json(std::string(100000, '['), "x"), doctest::Contains("deeper than 1024"), Error);
  CHECK(large_integer(parse_exact_json("-" + std::string(5000, '1'), "x")) == "-" + std::string(5000, '1'));
}

TEST_CASE("malformed and too deeply nested documents are errors that name the file") {
  CHECK_THROWS_WITH_AS(parse_json("{\"a\":", "config.json"), doctest::Contains("config.json: not valid JSON"), Error);
  CHECK_THROWS_WITH_AS(parse_json(std::string(100000, '['), "x"), doctest::Contains("deeper than 1024"), Error);
  CHECK(parse_json("{\"a\":1,\"a\":2}", "x")["a"] == 2);
  CHECK_FALSE(is_valid_utf8("\xff"));
}

TEST_CASE("an object of any size keeps the order of its members and the last of equal keys") {
  for (const int size : {0, 1, 15, 16, 17, 32, 33, 40, 1000}) {
    CAPTURE(size);
    std::string text = "{";
    for (int i = 0; i < size; ++i) text += fmt::format("\"key {}\":{},", (i * 7919) % 1009, i);
    Json object = parse_json(text + "\"last\":true}", "x");
    REQUIRE(object.size() == static_cast<std::size_t>(size) + 1);
    int place = 0;
    for (const auto& [key, value] : object.items()) {
      if (place == size) continue;
      CHECK(key == fmt::format("key {}", (place * 7919) % 1009));
      CHECK(value == place);
      CHECK(object.at(key) == place);
      CHECK(object.contains(key));
      ++place;
    }
    CHECK_FALSE(object.contains("key"));
    CHECK(object == Json::parse(object.dump()));
    const Json copy = object;
    CHECK(object.erase("key 0") == (size > 0 ? 1 : 0));
    CHECK_FALSE(object.contains("key 0"));
    CHECK(object.erase("last") == 1);
    object["key 0"] = 0;
    CHECK(object.size() == static_cast<std::size_t>(size > 0 ? size : 1));
    CHECK(object.back() == 0);
    CHECK(copy.contains("last"));
    for (const auto& [key, value] : object.items()) CHECK(object.at(key) == value);
  }
  CHECK(parse_json(R"({"a":1,"b":2,"a":3})", "x").dump() == R"({"a":3,"b":2})");
}

TEST_CASE("objects with many members are read in linear time") {
  std::string text = "{";
  for (int i = 0; i < 500'000; ++i) text += fmt::format("\"{}\":{},", i, i);
  const Json object = parse_json(text + "\"last\":true}", "x");  // with linear searches this takes minutes
  CHECK(object.size() == 500'001);
  CHECK(object.at("499999") == 499'999);
}
