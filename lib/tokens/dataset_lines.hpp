// The lines of a dataset file, processed in batches by several threads and returned in their order. Private to
// lib/tokens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/ordered_workers.hpp"
#include "base/sinks.hpp"
#include "record/jsonl.hpp"

namespace intelia {

struct DatasetLine {
  std::int64_t number = 0;
  bool is_too_long = false;
  std::string raw;  // of a line that is too long only its beginning

  /** As `parse_record`, such as parse_conversation. */
  template <class Record>
  std::optional<std::string> parse(std::optional<std::string> (*parse_record)(std::string_view, Record&),
                                   Record& record) const {
    return is_too_long ? std::optional<std::string>(kLineTooLong) : parse_record(raw, record);
  }
};

/** The next lines for one thread, up to line `limit` (0: all); empty at the end. `Line` derives from DatasetLine. */
template <class Line>
std::vector<Line> read_line_batch(RecordLines& lines, std::int64_t limit) {
  constexpr std::size_t kMaxLines = 256, kMaxBytes = 1 << 20, kBeginningBytes = 200;
  std::vector<Line> batch;
  for (std::size_t num_bytes = 0; batch.size() < kMaxLines && num_bytes < kMaxBytes;) {
    if (limit > 0 && lines.line_number() >= limit) break;
    const auto line = lines.next();
    if (!line || (limit > 0 && lines.line_number() > limit)) break;
    num_bytes += line->size();
    Line& added = batch.emplace_back();
    added.number = lines.line_number();
    added.is_too_long = lines.is_too_long();
    added.raw = line->substr(0, added.is_too_long ? kBeginningBytes : line->size());
  }
  return batch;
}

/** Calls `work(line)` for the lines of `path` up to line `limit` (0: all), on several threads at once, and `take(line)`
    for each of them in order. `task` names the work where it is interrupted. */
template <class Line, class Work, class Take>
void process_lines(const std::filesystem::path& path, std::int64_t limit, int threads, const Sinks& sinks,
                   const std::string& task, const Work& work, const Take& take) {
  RecordLines lines(LineReader(path, InputType::stream));
  OrderedWorkers<std::vector<Line>> workers(threads, [&](std::vector<Line>& batch) {
    for (Line& line : batch) work(line);
  });
  const auto take_batch = [&] {
    for (Line& line : workers.take()) {
      take(line);
      sinks.progress.update({"record", line.number, 0, ""});
    }
  };
  for (auto batch = read_line_batch<Line>(lines, limit); !batch.empty(); batch = read_line_batch<Line>(lines, limit)) {
    sinks.stop.check(task + " '" + path.string() + "'");
    workers.give(std::move(batch));
    if (workers.is_full()) take_batch();
  }
  while (!workers.is_empty()) take_batch();
  sinks.progress.finish();
}

}  // namespace intelia
