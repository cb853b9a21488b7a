// Reads tuples of the binary format of COPY (https://www.postgresql.org/docs/15/sql-copy.html).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "postgres/connection.hpp"

namespace intelia::postgres {

/** Reads the fields of one tuple; the bytes belong to the caller. Throws Error{io} for a stream that cannot be read. */
class TupleReader {
 public:
  explicit TupleReader(std::string_view bytes) : bytes_(bytes) {}

  bool is_at_end() const { return bytes_.empty(); }
  void skip_header();
  /** A big-endian number of `num_bytes`. */
  std::int64_t number(std::size_t num_bytes);
  /** The next field; nothing for NULL. */
  std::optional<std::string_view> field();

 private:
  std::string_view take(std::size_t num_bytes);

  std::string_view bytes_;
};

/** Runs `query` as a COPY and calls `take` with each tuple of `num_fields` fields. Throws like Connection::copy_out. */
void copy_tuples(Connection& connection, const std::string& query, int num_fields,
                 const std::function<void(TupleReader& tuple)>& take);

}  // namespace intelia::postgres
