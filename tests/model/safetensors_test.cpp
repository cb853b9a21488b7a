// 55 handmade files: 39 that the reference implementation (0.8.0) refuses, refused here, too, and 16 that it accepts,
// of which five are refused here (leading space, duplicate names, invalid names).
#include "model/safetensors.hpp"

#include <sys/stat.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

std::string length_bytes(std::uint64_t length) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes;
}

std::string with_header(const std::string& header, std::size_t data_bytes) {
  return length_bytes(header.size()) + header + std::string(data_bytes, '\1');
}

const std::string kBase = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

/** A header with one tensor 'a' whose fields are `fields`. */
std::string one(const std::string& fields) { return "{\"a\":{" + fields + "}}"; }

void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/** The reason why a file with these bytes is refused; "" when it is read. */
std::string verdict(const std::string& bytes) {
  TemporaryFolder folder;
  const fs::path path = folder.path / "x.safetensors";
  put(path, bytes);
  const std::string why = refusal([&] { SafetensorsFile file(path); });
  if (!why.empty()) CHECK(contains(why, path.string() + ": "));
  return why;
}

std::string verdict(const std::string& header, std::size_t data_bytes) {
  return verdict(with_header(header, data_bytes));
}

}  // namespace

TEST_CASE("the 39 files that the reference implementation refuses are refused, each with its reason") {
  const auto offsets = [](const std::string& pair) {
    return one(R"("dtype":"F32","shape":[2],"data_offsets":)" + pair);
  };
  const auto shape = [](const std::string& list) {
    return one(R"("dtype":"F32","shape":)" + list + R"(,"data_offsets":[0,8])");
  };
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + first +
           R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + second + "}}";
  };
  struct Case {
    const char* name;
    std::string bytes;
    const char* expected;
  };
  const Case cases[] = {
      {"empty file", "", "only 0 bytes"},
      {"7 bytes", std::string(7, '\0'), "only 7 bytes"},
      {"N=0", length_bytes(0), "does not start with '{'"},
      {"N=1 without body", length_bytes(1), "the file is truncated"},
      {"N beyond the file", length_bytes(100) + kBase, "the file is truncated"},
      {"N=2^63", length_bytes(1ULL << 63) + kBase, "above the maximum"},
      {"N=2^64-1", length_bytes(~0ULL) + kBase, "above the maximum"},
      {"N=100 MB + 1", length_bytes(100'000'001) + kBase, "above the maximum"},
      {"cut JSON", with_header(kBase.substr(0, 30), 8), "not valid JSON"},
      {"bad UTF-8", with_header("{\"\xff\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
       "not valid JSON"},
      {"array", with_header("[]", 0), "does not start with '{'"},
      {"text after the object", with_header("{}x", 0), "not valid JSON"},
      {"extra byte after the data", with_header(kBase, 9), "9 bytes of data, but the header describes 8"},
      {"data cut", with_header(kBase, 7), "not inside the 7 bytes"},
      {"dtype F33", with_header(one(R"("dtype":"F33","shape":[2],"data_offsets":[0,8])"), 8), "'F33'"},
      {"shape -2", with_header(shape("[-2]"), 8), "-2 is negative"},
      {"shape 2.0", with_header(shape("[2.0]"), 8), "not an integer"},
      {"shape [2^63, 2^63]", with_header(shape("[9223372036854775808,9223372036854775808]"), 8), "too large"},
      {"shape [2^62, 2^62, 0]", with_header(shape("[4611686018427387904,4611686018427387904,0]"), 8), "overflows"},
      {"shape above its offsets", with_header(shape("[3]"), 8), "needs 12 bytes"},
      {"offsets backwards", with_header(offsets("[8,0]"), 8), "not inside"},
      {"offsets past the end", with_header(offsets("[8,16]"), 8), "not inside"},
      {"offset -8", with_header(offsets("[-8,0]"), 8), "-8 is negative"},
      {"offset 2^64", with_header(offsets("[0,18446744073709551616]"), 8), "not an integer"},
      {"three offsets", with_header(offsets("[0,4,8]"), 8), "more than two"},
      {"two tensors on the same bytes", with_header(two("[0,8]", "[0,8]"), 8), "the previous tensor ends at 8"},
      {"half overlap", with_header(two("[0,8]", "[4,12]"), 12), "the previous tensor ends at 8"},
      {"hole", with_header(two("[0,8]", "[12,20]"), 20), "the previous tensor ends at 8"},
      {"a name twice, other offsets",
       with_header(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
           16),
       "occurs twice"},
      {"dtype twice", with_header(one(R"("dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8])"), 8),
       "dtype twice"},
      {"dtype missing", with_header(one(R"("shape":[2],"data_offsets":[0,8])"), 8), "no dtype"},
      {"shape missing", with_header(one(R"("dtype":"F32","data_offsets":[0,8])"), 8), "no shape"},
      {"offsets missing", with_header(one(R"("dtype":"F32","shape":[2])"), 8), "no data_offsets"},
      {"metadata number", with_header(R"({"__metadata__":{"a":1}})", 0), "not a string"},
      {"metadata not an object", with_header(R"({"__metadata__":"a"})", 0), "not an object"},
      {"200,000 deep", with_header(R"({"a":)" + std::string(200'000, '['), 0), "not an object"},
      {"NaN", with_header(shape("[NaN]"), 8), "not valid JSON"},
      {"byte order mark", with_header("\xEF\xBB\xBF" + kBase, 8), "does not start with '{'"},
      {"F4 with 3 elements", with_header(one(R"("dtype":"F4","shape":[3],"data_offsets":[0,2])"), 2), "'F4'"},
  };
  CHECK(std::size(cases) == 39);
  for (const Case& hostile : cases) {
    CAPTURE(hostile.name);
    const std::string why = verdict(hostile.bytes);
    CAPTURE(why);
    CHECK(contains(why, hostile.expected));
  }
}

TEST_CASE("of the 16 files that the reference implementation accepts, eleven are read and five are refused") {
  const auto named = [](const std::string& name) {
    return "{\"" + name + R"(":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  };
  CHECK(verdict(kBase, 8) == "");
  CHECK(contains(verdict(" " + kBase, 8), "does not start with '{'"));
  CHECK(verdict(kBase + "   ", 8) == "");
  CHECK(verdict("{}", 0) == "");
  CHECK(contains(
      verdict(
          R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
          8),
      "occurs twice"));
  CHECK(verdict(one(R"("dtype":"F32","note":{"deep":[1,{"x":null}]},"shape":[2],"data_offsets":[0,8])"), 8) == "");
  CHECK(verdict(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8) == "");
  CHECK(verdict(one(R"("dtype":"F32","shape":[],"data_offsets":[0,4])"), 4) == "");
  CHECK(verdict(one(R"("dtype":"F32","shape":[0,5],"data_offsets":[0,0])"), 0) == "");
  CHECK(contains(verdict(named("../../etc/passwd"), 8), "tensor name"));
  CHECK(contains(verdict(named(""), 8), "tensor name"));
  CHECK(contains(verdict(named("a\\u0000b"), 8), "tensor name"));
  std::string ones = "[1";
  for (int i = 0; i < 100'000; ++i) ones += ",1";
  CHECK(verdict(one(R"("dtype":"F32","shape":)" + ones + R"(],"data_offsets":[0,4])"), 4) == "");
  CHECK(
      verdict(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
          5) == "");
  CHECK(verdict(with_header(one(R"("dtype":"BOOL","shape":[1],"data_offsets":[0,1])"), 0) + "\2") == "");
  std::string many = "{";
  for (int i = 0; i < 300'000; ++i) {
    many += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  CHECK(verdict(many + "}", 0) == "");
}

TEST_CASE("bytes that the JSON parser would ignore are refused") {
  using namespace std::string_literals;
  CHECK(contains(verdict(kBase + "\0{\"b\":1}"s, 8), "NUL"));
  CHECK(contains(verdict(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,8],"x":)" + std::string(200'000, '[')), 8),
                 "deeply"));
  CHECK(contains(verdict(one(R"("dtype":"F32","shape":[[2]],"data_offsets":[0,8])"), 8), "shape"));
  CHECK(contains(verdict(one(R"("dtype":["F32"],"shape":[2],"data_offsets":[0,8])"), 8), "dtype"));
  CHECK(contains(verdict(one(R"("dtype":"F32","shape":null,"data_offsets":[0,8])"), 8), "shape"));
  CHECK(contains(verdict(one(R"("dtype":"F32","shape":[2],"data_offsets":[0])"), 8), "two numbers"));
}

TEST_CASE("mutated bytes cause an Error at worst") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "x.safetensors";
  const std::string whole = with_header(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]}})",
      14);
  std::uint32_t state = 7;
  const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 8; };
  int num_read = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = whole;
    for (std::uint32_t k = 0; k <= next() % 3; ++k)
      bytes[next() % bytes.size()] = "0123456789[]{},:\"-e \xff\0"[next() % 22];
    if (next() % 8 == 0) bytes.resize(next() % bytes.size());
    put(path, bytes);
    try {
      SafetensorsFile file(path);
      ++num_read;
      for (const auto& [name, view] : file.tensors()) {
        CHECK(view.data + view.size_bytes <= file.tensors().begin()->second.data + bytes.size());
      }
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::input);
    }
  }
  CHECK(num_read > 0);
}

TEST_CASE("tensors round-trip in the given order, with a header padded to a multiple of 8 bytes") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "adapter_model.safetensors";
  const std::vector<float> first = {1.5f, -2.0f, 3.25f};
  const std::vector<std::uint16_t> second = {0x3F80, 0xBF80};
  AtomicFile written = write_safetensors(
      path, {{"z.weight",
              TensorType::f32,
              {3, 1},
              [&](const auto& write) {
                write(first.data(), 4);
                write(first.data() + 1, 8);
              }},
             {"a.weight", TensorType::bf16, {2}, [&](const auto& write) { write(second.data(), 4); }}});
  CHECK_FALSE(fs::exists(path));
  written.commit();

  std::ifstream stream(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"z.weight":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},"a.weight":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]}})";
  const std::size_t padded = (header.size() + 7) / 8 * 8;
  CHECK(bytes.substr(0, 8) == length_bytes(padded));
  CHECK(bytes.substr(8, padded) == header + std::string(padded - header.size(), ' '));

  SafetensorsFile file(path);
  CHECK(file.metadata() == std::map<std::string, std::string>{{"format", "pt"}});
  CHECK(file.tensors().at("z.weight").shape == std::vector<std::int64_t>{3, 1});
  CHECK(to_float32(file.tensors().at("z.weight"), "z") == first);
  CHECK(to_float32(file.tensors().at("a.weight"), "a") == std::vector<float>{1, -1});
}

TEST_CASE("a header of any length is padded and never truncated") {
  TemporaryFolder folder;
  for (std::size_t length = 1; length <= 8; ++length) {
    const fs::path path = folder.path / "x.safetensors";
    const std::string name(length, 'n');
    write_safetensors(path, {{name, TensorType::u8, {1}, [](const auto& write) { write("x", 1); }}}).commit();
    SafetensorsFile file(path);
    CHECK(file.tensors().contains(name));
    CHECK((fs::file_size(path) - 1) % 8 == 0);
  }
}

TEST_CASE("a tensor that writes another number of bytes than its shape requires is an internal error") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "x.safetensors";
  CHECK_THROWS_AS(write_safetensors(path, {{"a", TensorType::f32, {2}, [](const auto& write) { write("1234", 4); }}}),
                  Error);
  CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a model folder: one file, or shards by index") {
  TemporaryFolder folder;
  const std::string other = R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const auto index = [&](const std::string& map) {
    put(folder.path / "model.safetensors.index.json", R"({"metadata":{},"weight_map":)" + map + "}");
  };
  const auto why = [&] { return refusal([&] { ModelWeights weights(folder.path); }); };
  put(folder.path / "model-1.safetensors", with_header(kBase, 8));
  put(folder.path / "model-2.safetensors", with_header(other, 8));

  SUBCASE("both shards are seen") {
    index(R"({"a":"model-1.safetensors","b":"model-2.safetensors"})");
    ModelWeights weights(folder.path);
    CHECK(weights.tensors().size() == 2);
    CHECK(weights.files().size() == 2);
    CHECK(weights.find("b") != nullptr);
    CHECK(weights.find("c") == nullptr);
    CHECK(weights.at("a", {2}).size_bytes == 8);
    CHECK(contains(refusal([&] { weights.at("c", {2}); }), "no tensor 'c'"));
    CHECK(contains(refusal([&] { weights.at("a", {1, 2}); }), "has the shape [2], config.json requires [1, 2]"));
  }
  SUBCASE("a single file wins over an index") {
    put(folder.path / "model.safetensors", with_header(kBase, 8));
    index(R"({"a":"../x.safetensors"})");
    CHECK(ModelWeights(folder.path).tensors().size() == 1);
  }
  SUBCASE("names that are not plain are refused before anything is opened") {
    for (const char* name : {"../model-1.safetensors", "/etc/passwd", "sub/model-1.safetensors", "..", ".", "",
                             "a\\u0000.safetensors", "..\\\\x.safetensors"}) {
      CAPTURE(name);
      index(std::string(R"({"a":")") + name + "\"}");
      CHECK(contains(why(), "not a plain name"));
    }
    index(R"({"a":3})");
    CHECK(contains(why(), "not a file name"));
  }
  SUBCASE("shards that are not safetensors are refused") {
    put(folder.path / "pytorch_model.bin", "x");
    index(R"({"a":"pytorch_model.bin"})");
    CHECK(contains(why(), "not a .safetensors file"));
  }
  SUBCASE("a missing shard") {
    index(R"({"a":"model-1.safetensors","b":"model-3.safetensors"})");
    CHECK(contains(why(), "model-3.safetensors: No such file"));
  }
  SUBCASE("a link outside is refused, one inside is followed") {
    TemporaryFolder outside;
    put(outside.path / "secret", with_header(other, 8));
    fs::create_symlink(outside.path / "secret", folder.path / "link.safetensors");
    index(R"({"a":"model-1.safetensors","b":"link.safetensors"})");
    CHECK(contains(why(), "leads outside its folder"));
    fs::remove(folder.path / "link.safetensors");
    fs::create_symlink("model-2.safetensors", folder.path / "link.safetensors");
    CHECK(why() == "");
    fs::create_symlink(outside.path / "secret", folder.path / "model.safetensors");
    CHECK(contains(why(), "leads outside its folder"));
  }
  SUBCASE("a link to a folder whose name only starts like ours is outside") {
    const fs::path sibling = folder.path.string() + "-sibling";
    fs::create_directory(sibling);
    put(sibling / "b", with_header(other, 8));
    fs::create_symlink(sibling / "b", folder.path / "link.safetensors");
    index(R"({"b":"link.safetensors"})");
    CHECK(contains(why(), "leads outside"));
    fs::remove_all(sibling);
  }
  SUBCASE("a pipe or a folder is not opened") {
    ::mkfifo((folder.path / "pipe.safetensors").c_str(), 0600);
    index(R"({"a":"pipe.safetensors"})");
    CHECK(contains(why(), "not a regular file"));
    fs::create_directory(folder.path / "model.safetensors");
    CHECK(contains(why(), "not a regular file"));
  }
  SUBCASE("index and shards must agree") {
    index(R"({"a":"model-1.safetensors"})");
    CHECK(why() == "");
    index(R"({"b":"model-1.safetensors"})");
    CHECK(contains(why(), "but not in the index"));
    index(R"({"a":"model-1.safetensors","c":"model-1.safetensors"})");
    CHECK(contains(why(), "tensor 'c' is not in 'model-1.safetensors'"));
    index("{}");
    CHECK(contains(why(), "weight_map is empty"));
    index("[]");
    CHECK(contains(why(), "no weight_map object"));
  }
  SUBCASE("pickles only") {
    fs::remove(folder.path / "model-1.safetensors");
    fs::remove(folder.path / "model-2.safetensors");
    CHECK(contains(why(), "neither model.safetensors nor"));
    put(folder.path / "pytorch_model.bin", "x");
    CHECK(contains(why(), "only pickled weights (pytorch_model.bin)"));
  }
}

TEST_CASE("a missing folder") {
  CHECK(contains(refusal([] { ModelWeights weights("/nowhere/model"); }), "/nowhere/model: not a folder"));
}

TEST_CASE("half precision: published bit patterns") {
  // IEEE 754-2008 binary16 examples, and ties of both kinds.
  const std::pair<float, std::uint16_t> exact[] = {{1.0f, 0x3C00},     {-2.0f, 0xC000},          {65504.0f, 0x7BFF},
                                                   {0x1p-14f, 0x0400}, {0x1p-24f, 0x0001},       {0.0f, 0x0000},
                                                   {-0.0f, 0x8000},    {0.333251953125f, 0x3555}};
  for (const auto& [value, bits] : exact) {
    CHECK(float_to_f16(value) == bits);
    CHECK(std::bit_cast<std::uint32_t>(f16_to_float(bits)) == std::bit_cast<std::uint32_t>(value));
  }
  CHECK(float_to_f16(65519.99f) == 0x7BFF);
  CHECK(float_to_f16(65520.0f) == 0x7C00);
  CHECK(float_to_f16(0x1p-25f) == 0);
  CHECK(float_to_f16(0x1.000002p-25f) == 1);
  CHECK(float_to_f16(1.0f + 0x1p-11f) == 0x3C00);
  CHECK(float_to_f16(1.0f + 0x3p-11f) == 0x3C02);
  CHECK((float_to_f16(std::nanf("")) & 0x7FFF) == 0x7E00);
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = f16_to_float(static_cast<std::uint16_t>(bits));
    if (!std::isnan(value)) CHECK(float_to_f16(value) == bits);
  }
}

TEST_CASE("bfloat16 rounds to nearest, ties to even, and keeps NaN") {
  CHECK(float_to_bf16(1.0f) == 0x3F80);
  CHECK(float_to_bf16(1.0f + 0x1p-8f) == 0x3F80);
  CHECK(float_to_bf16(1.0f + 0x3p-8f) == 0x3F82);
  CHECK(float_to_bf16(std::numeric_limits<float>::max()) == 0x7F80);
  CHECK(float_to_bf16(std::bit_cast<float>(0x7F800001u)) == 0x7FC0);
  CHECK(bf16_to_float(0xC049) == -3.140625f);
}

TEST_CASE("only floating-point tensors are weights") {
  const std::byte bytes[8] = {};
  CHECK(contains(refusal([&] { to_float32({TensorType::i64, {1}, bytes, 8}, "ids"); }), "tensor 'ids' is I64"));
}
