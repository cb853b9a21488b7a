#include "export/weight_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/ordered_workers.hpp"
#include "export/gguf_model.hpp"

namespace intelia {

namespace {

constexpr std::int64_t kChunkElements = 1 << 18;

/** Consecutive rows of the file. */
struct Chunk {
  std::int64_t first = 0, count = 0;
  std::vector<std::uint8_t> bytes;
};

/** Whether the stored bytes are those of the file: of the same type, of which every value can be written. */
bool is_written_as_stored(const TensorView& stored, const RowForm& form) {
  if (form.rotary_heads > 0 || form.added != 0) return false;
  return (stored.type == TensorType::f32 && form.type == GgufType::f32) ||
         (stored.type == TensorType::bf16 && form.type == GgufType::bf16);
}

[[noreturn]] void refuse_values(const std::string& name, GgufType type) {
  throw Error(Kind::input,
              fmt::format("tensor '{}' has NaN, an infinity or numbers too large for {}", name, gguf_type_name(type)));
}

/** Whether no number of this type has all bits of the exponent set, as NaN and the infinities do. */
template <class Bits>
bool is_finite(const void* bytes, std::size_t num_bytes, Bits exponent) {
  bool is_finite = true;
  for (std::size_t i = 0; i < num_bytes; i += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, static_cast<const char*>(bytes) + i, sizeof bits);
    is_finite &= (bits & exponent) != exponent;
  }
  return is_finite;
}

/** Error{input} for values that are not finite. The other types have none. */
void check_finite(const std::string& name, GgufType type, const void* bytes, std::size_t num_bytes) {
  const bool is_sound = type == GgufType::f32    ? is_finite<std::uint32_t>(bytes, num_bytes, 0x7F800000)
                        : type == GgufType::bf16 ? is_finite<std::uint16_t>(bytes, num_bytes, 0x7F80)
                                                 : true;
  if (!is_sound) refuse_values(name, type);
}

void write_stored(const TensorView& stored, const std::string& name, GgufType type, const StopFlag& stop,
                  const WriteBytes& write) {
  constexpr std::size_t kBytes = 4 << 20;
  for (std::size_t begin = 0; begin < stored.size_bytes; begin += kBytes) {
    stop.check("writing the weights");
    const TensorView part{stored.type, {}, stored.data + begin, std::min(kBytes, stored.size_bytes - begin)};
    check_finite(name, type, part.data, part.size_bytes);
    write(part.data, part.size_bytes);
    release_pages(part);
  }
}

void encode(const float* values, std::int64_t num, const std::string& name, GgufType type, std::uint8_t* out) {
  if (!encode_gguf(type, values, num, out)) refuse_values(name, type);
  check_finite(name, type, out, gguf_row_bytes(type, num));
}

}  // namespace

void write_rows(WeightRows& rows, const TensorShape& tensor, const RowForm& form, int threads, const StopFlag& stop,
                const WriteBytes& write) {
  const bool is_matrix = tensor.shape.size() > 1;
  // The elements of a vector are its rows, where they are reordered.
  const std::int64_t columns = is_matrix ? tensor.shape[1] : form.rotary_heads > 0 ? 1 : tensor.shape[0];
  const std::int64_t num_rows = is_matrix ? tensor.shape[0] : form.rotary_heads > 0 ? tensor.shape[0] : 1;
  rows.open(tensor);
  if (const TensorView* stored = rows.stored(); stored != nullptr && is_written_as_stored(*stored, form))
    return write_stored(*stored, tensor.name, form.type, stop, write);
  const auto read_reordered = [&](const Chunk& chunk, float* out) {
    if (!is_matrix) {
      std::vector<float> whole(static_cast<std::size_t>(tensor.shape[0]));
      rows.read(0, 1, whole.data());
      for (std::int64_t row = 0; row < chunk.count; ++row)
        out[row] = whole[static_cast<std::size_t>(source_row(chunk.first + row, num_rows, form.rotary_heads))];
      return;
    }
    for (std::int64_t row = 0; row < chunk.count; ++row)
      rows.read(source_row(chunk.first + row, num_rows, form.rotary_heads), 1, out + row * columns);
  };
  const std::uint64_t row_bytes = gguf_row_bytes(form.type, columns);
  const auto work = [&](Chunk& chunk) {
    std::vector<float> values(static_cast<std::size_t>(chunk.count * columns));
    if (form.rotary_heads > 0)
      read_reordered(chunk, values.data());
    else
      rows.read(chunk.first, chunk.count, values.data());
    if (form.added != 0)
      for (float& value : values) value += form.added;
    chunk.bytes.resize(static_cast<std::size_t>(chunk.count) * row_bytes);
    encode(values.data(), chunk.count * columns, tensor.name, form.type, chunk.bytes.data());
  };
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const std::int64_t at_once = std::max<std::int64_t>(1, kChunkElements / columns);
  if (num_rows <= at_once) threads = 1;
  OrderedWorkers<Chunk> workers(threads, work);
  const auto take = [&] {
    const Chunk chunk = workers.take();
    write(chunk.bytes.data(), chunk.bytes.size());
  };
  for (std::int64_t first = 0; first < num_rows; first += at_once) {
    stop.check("writing the weights");
    workers.give({first, std::min(at_once, num_rows - first), {}});
    if (workers.is_full()) take();
  }
  while (!workers.is_empty()) take();
}

void write_values(const float* values, std::int64_t num_rows, std::int64_t columns, const std::string& name,
                  const RowForm& form, const WriteBytes& write) {
  std::vector<float> row(static_cast<std::size_t>(columns));
  std::vector<std::uint8_t> bytes(gguf_row_bytes(form.type, columns));
  for (std::int64_t i = 0; i < num_rows; ++i) {
    const float* from = values + source_row(i, num_rows, form.rotary_heads) * columns;
    std::copy_n(from, columns, row.data());
    for (float& value : row) value += form.added;
    encode(row.data(), columns, name, form.type, bytes.data());
    write(bytes.data(), bytes.size());
  }
}

}  // namespace intelia
