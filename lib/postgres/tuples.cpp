#include "postgres/tuples.hpp"

namespace intelia::postgres {

namespace {

[[noreturn]] void fail() { throw Error(Kind::io, "the server sent an invalid COPY stream"); }

}  // namespace

std::string_view TupleReader::take(std::size_t num_bytes) {
  if (num_bytes > bytes_.size()) fail();
  const std::string_view taken = bytes_.substr(0, num_bytes);
  bytes_.remove_prefix(num_bytes);
  return taken;
}

void TupleReader::skip_header() {
  static constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
  if (take(kSignature.size()) != kSignature) fail();
  take(4);  // flags: none changes the format of tuples
  take(static_cast<std::size_t>(number(4)));
}

std::int64_t TupleReader::number(std::size_t num_bytes) {
  std::uint64_t value = 0;
  for (unsigned char byte : take(num_bytes)) value = value << 8 | byte;
  const auto shift = static_cast<unsigned>(64 - 8 * num_bytes);
  return static_cast<std::int64_t>(value << shift) >> shift;
}

std::optional<std::string_view> TupleReader::field() {
  const std::int64_t size = number(4);
  if (size < 0) return std::nullopt;
  return take(static_cast<std::size_t>(size));
}

void copy_tuples(Connection& connection, const std::string& query, int num_fields,
                 const std::function<void(TupleReader& tuple)>& take) {
  bool is_header_read = false, is_ended = false;
  connection.copy_out("COPY (" + query + ") TO STDOUT (FORMAT binary)", [&](std::string_view message) {
    TupleReader tuple(message);
    if (!is_header_read) {
      tuple.skip_header();
      is_header_read = true;
    }
    while (!tuple.is_at_end()) {
      const std::int64_t num_sent = tuple.number(2);
      if (num_sent == -1) {
        is_ended = true;
        break;
      }
      if (num_sent != num_fields) throw Error(Kind::io, "the server sent a row with another number of columns");
      take(tuple);
    }
  });
  if (!is_ended) throw Error(Kind::unavailable, "the server ended the stream of rows early; try again later");
}

}  // namespace intelia::postgres
