// Reading: the header is parsed as a stream of events, so no memory is allocated according to unverified sizes, and
// every field (name, type, shape, offsets, coverage) is validated before a pointer is returned. Knows no model.
#include "model/safetensors.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "kernels/number.hpp"
#include "record/json.hpp"

namespace intelia {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian and is used in place");

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the reference implementation
constexpr int kMaxDepth = 64;
constexpr const char* kMetadataKey = "__metadata__";

struct TypeFact {
  TensorType type;
  const char* name;
  std::size_t size_bytes;
};
constexpr TypeFact kTypes[] = {
    {TensorType::f64, "F64", 8},      {TensorType::f32, "F32", 4}, {TensorType::f16, "F16", 2},
    {TensorType::bf16, "BF16", 2},    {TensorType::i64, "I64", 8}, {TensorType::i32, "I32", 4},
    {TensorType::i16, "I16", 2},      {TensorType::i8, "I8", 1},   {TensorType::u8, "U8", 1},
    {TensorType::boolean, "BOOL", 1},
};

const TypeFact& fact_of(TensorType type) {
  for (const TypeFact& fact : kTypes) {
    if (fact.type == type) return fact;
  }
  throw Error(Kind::internal, "tensor type without a name");
}

std::string shape_text(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

/** A name for messages: truncated, control characters replaced. */
std::string shown(std::string name) {
  if (name.size() > 100) name = name.substr(0, 100) + "...";
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return name;
}

/** Names become module paths, and elsewhere keys and columns: printable, and no path separators. */
bool is_acceptable_name(const std::string& name) {
  return !name.empty() && std::none_of(name.begin(), name.end(),
                                       [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '/' || c == '\\'; });
}

struct HeaderEntry {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

/** Receives the JSON events of a header; `problem` is the reason why it stopped. Unknown fields of a tensor are
 * ignored. */
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::deque<HeaderEntry> entries;  // grows without copying: hostile headers have millions
  std::map<std::string, std::string> metadata;
  std::string problem;
  std::string first_unknown;  // field of a tensor that the format does not know
  std::size_t num_unknown = 0;

  bool null() override { return value("null"); }
  bool boolean(bool) override { return value("a boolean"); }
  bool number_float(number_float_t, const string_t& text) override { return value("the number " + shown(text)); }
  bool binary(binary_t&) override { return value("binary data"); }

  bool number_integer(number_integer_t number) override {
    if (part_ == HeaderPart::shape || part_ == HeaderPart::offsets)
      return stop(fmt::format("{}: {} is negative", here(), number));
    return value("a number");
  }

  bool number_unsigned(number_unsigned_t number) override {
    if (part_ == HeaderPart::shape) {
      if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return stop(fmt::format("{}: {} is too large", here(), number));
      }
      entries.back().shape.push_back(static_cast<std::int64_t>(number));
      return true;
    }
    if (part_ == HeaderPart::offsets) {
      if (num_offsets_ == 2) return stop(here() + " has more than two numbers");
      (num_offsets_ == 0 ? entries.back().begin : entries.back().end) = number;
      ++num_offsets_;
      return true;
    }
    return value("a number");
  }

  bool string(string_t& text) override {
    if (part_ == HeaderPart::metadata) {
      metadata[key_] = text;
      return true;
    }
    if (part_ == HeaderPart::tensor && key_ == "dtype") {
      for (const TypeFact& fact : kTypes) {
        if (text == fact.name) {
          entries.back().type = fact.type;
          return true;
        }
      }
      return stop(fmt::format("tensor '{}': dtype '{}' is not one of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL",
                              shown(entries.back().name), shown(text)));
    }
    return value("a string");
  }

  bool start_object(std::size_t) override {
    switch (part_) {
      case HeaderPart::start:
        part_ = HeaderPart::names;
        return true;
      case HeaderPart::names:
        if (key_ == kMetadataKey) {
          part_ = HeaderPart::metadata;
          metadata_keys_.clear();
        } else {
          part_ = HeaderPart::tensor;
          fields_.clear();
          entries.emplace_back().name = key_;
        }
        return true;
      default:
        return open("an object");
    }
  }

  bool end_object() override {
    if (part_ == HeaderPart::skipped) return close();
    if (part_ == HeaderPart::tensor) {
      for (const char* field : {"dtype", "shape", "data_offsets"}) {
        if (!fields_.contains(field)) {
          return stop(fmt::format("tensor '{}' has no {}", shown(entries.back().name), field));
        }
      }
    }
    part_ = part_ == HeaderPart::names ? HeaderPart::end : HeaderPart::names;
    return true;
  }

  bool start_array(std::size_t) override {
    if (part_ == HeaderPart::tensor && key_ == "shape") {
      part_ = HeaderPart::shape;
      return true;
    }
    if (part_ == HeaderPart::tensor && key_ == "data_offsets") {
      part_ = HeaderPart::offsets;
      num_offsets_ = 0;
      return true;
    }
    return open("an array");
  }

  bool end_array() override {
    if (part_ == HeaderPart::skipped) return close();
    if (part_ == HeaderPart::offsets && num_offsets_ != 2) return stop(here() + " does not have two numbers");
    part_ = HeaderPart::tensor;
    return true;
  }

  bool key(string_t& text) override {
    if (part_ == HeaderPart::skipped) return true;
    key_ = text;
    if (part_ == HeaderPart::names) {
      if (!is_acceptable_name(text)) {
        return stop(
            fmt::format("the tensor name '{}' is empty or contains a control character, '/' or '\\'", shown(text)));
      }
      if (text == kMetadataKey && std::exchange(has_metadata_, true))
        return stop(fmt::format("'{}' occurs twice in the header", kMetadataKey));
    } else if (part_ == HeaderPart::tensor) {
      if (!fields_.insert(text).second) {
        return stop(fmt::format("tensor '{}' has {} twice", shown(entries.back().name), shown(text)));
      }
      if (is_unknown_field() && num_unknown++ == 0)
        first_unknown = fmt::format("'{}' of tensor '{}'", shown(text), shown(entries.back().name));
    } else if (part_ == HeaderPart::metadata && !metadata_keys_.insert(text).second) {
      return stop(fmt::format("{} has '{}' twice", kMetadataKey, shown(text)));
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    return stop(fmt::format("the header is not valid JSON near its byte {}", position));
  }

 private:
  enum class HeaderPart { start, names, metadata, tensor, shape, offsets, skipped, end };

  bool stop(std::string why) {
    problem = std::move(why);
    return false;
  }

  std::string here() const {
    return fmt::format("tensor '{}': {}", shown(entries.back().name),
                       part_ == HeaderPart::shape ? "shape" : "data_offsets");
  }

  bool is_unknown_field() const {
    return part_ == HeaderPart::tensor && key_ != "dtype" && key_ != "shape" && key_ != "data_offsets";
  }

  /** A value of an unexpected type. */
  bool value(const std::string& what) {
    if (part_ == HeaderPart::skipped || is_unknown_field()) return true;
    switch (part_) {
      case HeaderPart::start:
        return stop("the header is " + what + ", not an object");
      case HeaderPart::names:
        return stop(fmt::format("'{}' is {}, not an object", shown(key_), what));
      case HeaderPart::metadata:
        return stop(fmt::format("{} '{}' is {}, not a string", kMetadataKey, shown(key_), what));
      case HeaderPart::tensor:
        return stop(fmt::format("tensor '{}': {} is {}", shown(entries.back().name), key_, what));
      default:
        return stop(fmt::format("{} contains {}, not an integer", here(), what));
    }
  }

  bool open(const std::string& what) {
    if (part_ == HeaderPart::skipped || is_unknown_field()) {
      part_ = HeaderPart::skipped;
      if (++depth_ > kMaxDepth) return stop("the header is nested too deeply");
      return true;
    }
    return value(what);
  }

  bool close() {
    if (--depth_ == 0) part_ = HeaderPart::tensor;
    return true;
  }

  HeaderPart part_ = HeaderPart::start;
  int depth_ = 0;
  int num_offsets_ = 0;
  std::string key_;
  bool has_metadata_ = false;
  std::set<std::string> fields_, metadata_keys_;
};

/** Elements · bytes of `entry`; throws when the product does not fit 64 bits, even if a later dimension is 0. */
std::uint64_t claimed_bytes(const HeaderEntry& entry, const std::string& file) {
  std::uint64_t num = fact_of(entry.type).size_bytes;
  for (std::int64_t dimension : entry.shape) {
    if (__builtin_mul_overflow(num, static_cast<std::uint64_t>(dimension), &num)) {
      throw Error(Kind::input, fmt::format("{}: tensor '{}': its size in bytes overflows", file, shown(entry.name)));
    }
  }
  return num;
}

bool is_plain_name(const std::string& name) { return is_acceptable_name(name) && name != "." && name != ".."; }

/** The shards that the index names, sorted, and the shard of each tensor. */
std::map<std::string, std::string> read_index(const fs::path& path) {
  const std::string file = path.string();
  const Json index = parse_json(read_file(path, kMaxHeaderBytes), file);
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object()) {
    throw Error(Kind::input, file + ": no weight_map object");
  }
  std::map<std::string, std::string> shard_of;
  for (const auto& [tensor, shard] : index["weight_map"].items()) {
    if (!shard.is_string()) {
      throw Error(Kind::input, fmt::format("{}: weight_map '{}' is not a file name", file, shown(tensor)));
    }
    const std::string name = shard.get<std::string>();
    if (!is_plain_name(name)) {
      throw Error(Kind::input,
                  fmt::format("{}: the shard '{}' is not a plain name inside the folder", file, shown(name)));
    }
    if (!name.ends_with(".safetensors")) {
      throw Error(Kind::input, fmt::format("{}: the shard '{}' is not a .safetensors file", file, shown(name)));
    }
    shard_of[tensor] = name;
  }
  if (shard_of.empty()) throw Error(Kind::input, file + ": weight_map is empty");
  return shard_of;
}

/** Reports what was found instead of safetensors. */
[[noreturn]] void refuse_folder(const fs::path& folder) {
  if (!is_folder(folder)) throw Error(Kind::input, folder.string() + ": not a folder");
  for (const std::string& name : folder_members(folder)) {
    const std::string extension = fs::path(name).extension().string();
    if (extension == ".bin" || extension == ".pt" || extension == ".pth" || extension == ".ckpt")
      throw Error(Kind::input,
                  fmt::format("{}: only pickled weights ({}), which can run code when opened; convert them to "
                              "model.safetensors",
                              folder.string(), name));
  }
  throw Error(Kind::input, folder.string() + ": neither model.safetensors nor model.safetensors.index.json");
}

}  // namespace

std::size_t bytes_per_element(TensorType type) { return fact_of(type).size_bytes; }
const char* tensor_type_name(TensorType type) { return fact_of(type).name; }

SafetensorsFile::SafetensorsFile(const fs::path& path) : file_(path) {
  const std::string file = path.string();
  const auto refuse = [&file](const std::string& why) -> void { throw Error(Kind::input, file + ": " + why); };

  const std::uint64_t num_bytes = file_.size_bytes();
  if (num_bytes < 8)
    refuse(fmt::format("only {} bytes; a safetensors file starts with 8 bytes of header length", num_bytes));
  std::uint64_t header_bytes;
  std::memcpy(&header_bytes, file_.data(), 8);
  if (header_bytes > kMaxHeaderBytes) {
    refuse(fmt::format("header of {} bytes, above the maximum of {}", header_bytes, kMaxHeaderBytes));
  }
  if (header_bytes > num_bytes - 8) {
    refuse(fmt::format("header of {} bytes, but {} follow: the file is truncated", header_bytes, num_bytes - 8));
  }
  const std::string_view header(reinterpret_cast<const char*>(file_.data()) + 8, header_bytes);
  if (header.empty() || header.front() != '{') refuse("the header does not start with '{'");
  // A raw NUL is never JSON, but ends it for the parser: the rest would be ignored.
  if (header.find('\0') != std::string_view::npos) refuse("the header contains a NUL byte");

  HeaderReader reader;
  if (!nlohmann::json::sax_parse(header.begin(), header.end(), &reader)) refuse(reader.problem);

  std::deque<HeaderEntry>& entries = reader.entries;
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(entries.begin(), entries.end(),
                                        [](const HeaderEntry& a, const HeaderEntry& b) { return a.name == b.name; });
  if (twice != entries.end()) refuse(fmt::format("'{}' occurs twice in the header", shown(twice->name)));
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  const std::uint64_t data_bytes = num_bytes - 8 - header_bytes;
  const std::byte* data = file_.data() + 8 + header_bytes;
  std::uint64_t position = 0;
  for (; !entries.empty(); entries.pop_front()) {
    HeaderEntry& entry = entries.front();
    const std::string who = fmt::format("tensor '{}'", shown(entry.name));
    const std::uint64_t size = claimed_bytes(entry, file);
    if (entry.begin > entry.end || entry.end > data_bytes) {
      refuse(fmt::format("{}: data_offsets [{}, {}] are not inside the {} bytes of data", who, entry.begin, entry.end,
                         data_bytes));
    }
    if (size != entry.end - entry.begin) {
      refuse(fmt::format("{}: {} {} needs {} bytes, its data_offsets span {}", who, tensor_type_name(entry.type),
                         shape_text(entry.shape), size, entry.end - entry.begin));
    }
    if (entry.begin != position) {
      refuse(fmt::format("{}: its data starts at {}, but the previous tensor ends at {}", who, entry.begin, position));
    }
    position = entry.end;
    tensors_.emplace(std::move(entry.name), TensorView{entry.type, std::move(entry.shape), data + entry.begin, size});
  }
  if (position != data_bytes) {
    refuse(fmt::format("{} bytes of data, but the header describes {}", data_bytes, position));
  }
  metadata_ = std::move(reader.metadata);
  if (reader.num_unknown > 0) {
    oddity_ = fmt::format("{}: {} of the header ignored, the first is {}", file,
                          counted(reader.num_unknown, "unknown field"), reader.first_unknown);
  }
}

ModelWeights::ModelWeights(const fs::path& folder) {
  if (has_member(folder, "model.safetensors")) {
    files_.push_back(member_of_folder(folder, "model.safetensors"));
    shards_.push_back(std::make_unique<SafetensorsFile>(files_.back()));
    tensors_ = shards_.back()->take_tensors();
    return;
  }
  if (!has_member(folder, "model.safetensors.index.json")) refuse_folder(folder);

  const fs::path index = member_of_folder(folder, "model.safetensors.index.json");
  const std::map<std::string, std::string> shard_of = read_index(index);
  std::set<std::string> names;
  for (const auto& [tensor, shard] : shard_of) names.insert(shard);
  // Every name is checked before the first file is opened.
  for (const std::string& name : names) files_.push_back(member_of_folder(folder, name));
  for (const fs::path& path : files_) {
    shards_.push_back(std::make_unique<SafetensorsFile>(path));
    const std::string shard = path.filename().string();
    for (const auto& [tensor, view] : shards_.back()->tensors()) {
      const auto found = shard_of.find(tensor);
      if (found == shard_of.end() || found->second != shard) {
        throw Error(Kind::input, fmt::format("{}: tensor '{}' is in '{}', but not in the index", index.string(),
                                             shown(tensor), shard));
      }
    }
    tensors_.merge(shards_.back()->take_tensors());
  }
  for (const auto& [tensor, shard] : shard_of) {
    if (!tensors_.contains(tensor)) {
      throw Error(Kind::input, fmt::format("{}: tensor '{}' is not in '{}'", index.string(), shown(tensor), shard));
    }
  }
}

const TensorView* ModelWeights::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

const TensorView& ModelWeights::at(const std::string& name, const std::vector<std::int64_t>& shape) const {
  const std::string folder = files_.front().parent_path().string();
  const TensorView* view = find(name);
  if (view == nullptr) throw Error(Kind::input, fmt::format("{}: no tensor '{}' in its safetensors", folder, name));
  if (view->shape != shape) {
    throw Error(Kind::input, fmt::format("{}: tensor '{}' has the shape {}, config.json requires {}", folder, name,
                                         shape_text(view->shape), shape_text(shape)));
  }
  return *view;
}

void ModelWeights::rename(const std::string& from, const std::string& to) {
  auto node = tensors_.extract(from);
  node.key() = to;
  tensors_.insert(std::move(node));
}

std::vector<std::string> ModelWeights::oddities() const {
  std::vector<std::string> list;
  for (const auto& shard : shards_)
    if (!shard->oddity().empty()) list.push_back(shard->oddity());
  return list;
}

void release_pages(const TensorView& view) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(view.data) + page - 1) / page * page;
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(view.data) + view.size_bytes) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

AtomicFile write_safetensors(const fs::path& path, const std::vector<TensorToWrite>& tensors) {
  std::string header = "{\"__metadata__\":{\"format\":\"pt\"}";
  std::uint64_t position = 0;
  std::vector<std::uint64_t> sizes;
  std::set<std::string> names;
  for (const TensorToWrite& tensor : tensors) {
    if (!is_acceptable_name(tensor.name) || tensor.name == kMetadataKey || !names.insert(tensor.name).second) {
      throw Error(Kind::internal,
                  fmt::format("{}: the tensor name '{}' is invalid or occurs twice", path.string(), tensor.name));
    }
    std::uint64_t size = bytes_per_element(tensor.type);
    for (std::int64_t dimension : tensor.shape) size *= static_cast<std::uint64_t>(dimension);
    header += ',';
    append_json_string(header, tensor.name);
    header += fmt::format(":{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                          tensor_type_name(tensor.type), fmt::join(tensor.shape, ","), position, position + size);
    position += size;
    sizes.push_back(size);
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');

  AtomicFile file(path);
  const std::uint64_t header_bytes = header.size();
  file.write(&header_bytes, 8);
  file.write(header);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::uint64_t start = file.num_bytes();
    tensors[i].produce([&file](const void* bytes, std::size_t num_bytes) { file.write(bytes, num_bytes); });
    if (file.num_bytes() - start != sizes[i]) {
      throw Error(Kind::internal, fmt::format("{}: tensor '{}' wrote {} bytes instead of {}", path.string(),
                                              tensors[i].name, file.num_bytes() - start, sizes[i]));
    }
  }
  return file;
}

std::string weight_file_name(std::size_t number, std::size_t num_files) {
  return num_files == 1 ? "model.safetensors" : fmt::format("model-{:05}-of-{:05}.safetensors", number + 1, num_files);
}

AtomicFile write_weight_index(const fs::path& folder, const std::vector<std::pair<std::string, std::string>>& file_of,
                              std::uint64_t total_bytes) {
  Json map = Json::object();
  for (const auto& [tensor, file] : file_of) map[tensor] = file;
  AtomicFile index(folder / "model.safetensors.index.json");
  index.write(Json{{"metadata", {{"total_size", total_bytes}}}, {"weight_map", map}}.dump(2) + "\n");
  index.close();
  return index;
}

std::vector<float> to_float32(const TensorView& view, const std::string& name) {
  const std::size_t num = view.size_bytes / bytes_per_element(view.type);
  std::vector<float> values(num);
  const auto convert = [&](float (*one)(std::uint16_t)) {
    for (std::size_t i = 0; i < num; ++i) {
      std::uint16_t bits;
      std::memcpy(&bits, view.data + 2 * i, 2);
      values[i] = one(bits);
    }
  };
  switch (view.type) {
    case TensorType::f32:
      if (num > 0) std::memcpy(values.data(), view.data, view.size_bytes);
      return values;
    case TensorType::bf16:
      convert(bf16_to_float);
      return values;
    case TensorType::f16:
      convert(f16_to_float);
      return values;
    default:
      throw Error(Kind::input,
                  fmt::format("tensor '{}' is {}; a weight is F32, F16 or BF16", name, tensor_type_name(view.type)));
  }
}

float bf16_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t float_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return 0x7FC0;
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

float f16_to_float(std::uint16_t bits) { return kernels::half_value(bits); }

std::uint16_t float_to_f16(float value) { return kernels::half_bits(value); }

}  // namespace intelia
