// Writes the rows of a tensor in a type of GGUF (of which safetensors has the first three), in parallel and in chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/sinks.hpp"
#include "model/gguf.hpp"
#include "model/weight_rows.hpp"

namespace intelia {

/** How rows of the model become rows of the file. */
struct RowForm {
  GgufType type = GgufType::f32;
  std::int64_t rotary_heads = 0;  // source_row()
  float added = 0;                // to every value
};

using WriteBytes = std::function<void(const void* bytes, std::size_t num_bytes)>;

/** Opens `tensor` and writes all its rows. Error{input} names it when a value cannot be represented. `threads` = 0: one
    per core. */
void write_rows(WeightRows& rows, const TensorShape& tensor, const RowForm& form, int threads, const StopFlag& stop,
                const WriteBytes& write);

/** The same for numbers that are in memory. */
void write_values(const float* values, std::int64_t num_rows, std::int64_t columns, const std::string& name,
                  const RowForm& form, const WriteBytes& write);

}  // namespace intelia
