// Reads rated conversations of a JSON Lines or CSV file as if they were rows of a database: same selection, order and
// texts, in memory that does not grow with the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/sinks.hpp"
#include "extraction/row.hpp"
#include "extraction/selection.hpp"
#include "extraction/source.hpp"

namespace intelia::extraction {

/** Counts for the manifest. read = matched + unmatched + rejected. */
struct FileCounts {
  std::int64_t read = 0;     // records, malformed ones included, without the header
  std::int64_t matched = 0;  // rows passed on
  std::map<std::string, std::int64_t> unmatched_by_reason;
};

class FileRows final : public Source {
 public:
  /** Gets a row and the location of its record, "file:line"; both are valid until it returns. */
  using TakeRow = std::function<void(const Row& row, const std::string& where)>;
  using Reject = std::function<void(const std::string& where, const std::string& reason, std::string_view raw)>;

  /**
   * Opens a .jsonl, .ndjson, .csv or .tsv file; see record_fields.hpp for the names of fields. Throws
   * Error{usage} for another kind of file, for files that cannot be read twice (pipes) and for missing columns,
   * with the nearest name; Error{io}; Error{input} for an unreadable header.
   */
  FileRows(const std::filesystem::path& path, const Selection& selection);
  ~FileRows() override;
  FileRows(const FileRows&) = delete;
  FileRows& operator=(const FileRows&) = delete;

  /**
   * Reads the file twice: first to index the records, then those of the selection, newest first, then by the bytes of
   * conversation_id, up to the limit. `reject` gets malformed records; Row::num_copies is the number of records with
   * the id in the file, whether they match or not. A file without any created_at keeps its order, and Row::is_undated
   * is set. Of the signals, `rating` and `thumbs` are fields of the record, `turns` is read by RowReader, `feedback` is
   * a corrected answer; `annotations` are not available. Called once.
   *
   * Throws Error{input} when the file changes meanwhile or is not UTF-8, Error{usage} when no record has a field that
   * the selection needs, Interrupted when asked to stop.
   */
  FileCounts read(const Sinks& sinks, const TakeRow& take, const Reject& reject);

  RowRules rules() const override;
  std::uint64_t estimated_bytes() override { return size_bytes(); }
  /** Reads the whole file. Called instead of read(). */
  SelectionCount count() override;
  void read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) override;
  Json describe() const override;
  std::map<std::string, std::int64_t> unmatched_by_reason() const override;

  /** Of the whole file; valid after read(). */
  const std::string& sha256() const;
  std::uint64_t size_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Reads one file, opened and checked by connect(). A file that changes while it is read is an error, not a conflict.
 */
class FileSourceFactory final : public SourceFactory {
 public:
  FileSourceFactory(std::filesystem::path path, Selection selection)
      : path_(std::move(path)), selection_(std::move(selection)) {}
  void connect() override;
  std::unique_ptr<Source> open() override;
  bool is_conflict(const Error&) const override { return false; }

 private:
  const std::filesystem::path path_;
  const Selection selection_;
  std::unique_ptr<FileRows> next_;
};

}  // namespace intelia::extraction
