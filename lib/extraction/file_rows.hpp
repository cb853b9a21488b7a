// Rated conversations of a JSON Lines or CSV file as rows of a database: the same selection, the same order, the same
// texts, in memory that does not grow with the file. It does not know what becomes of a row.
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

/** What a run read, for its manifest. read = matched + all unmatched + what `reject` got, where the limit cuts nothing.
 */
struct FileCounts {
  std::int64_t read = 0;     // records, the malformed ones and the header not among them apart
  std::int64_t matched = 0;  // rows that were handed over
  std::map<std::string, std::int64_t> unmatched_by_reason;
};

class FileRows final : public Source {
 public:
  /** A row and the place of its record, "file:line"; both live until the call returns. */
  using TakeRow = std::function<void(const Row& row, const std::string& where)>;
  using Reject = std::function<void(const std::string& where, const std::string& reason, std::string_view raw)>;

  /**
   * Opens a .jsonl, .ndjson, .csv or .tsv file; record_fields.hpp says under which names it looks for what. Throws
   * Error{usage} for another kind of file, for what cannot be read twice (a pipe) and for columns that are not there,
   * with the nearest name; Error{io}; Error{input} for an unreadable header.
   */
  FileRows(const std::filesystem::path& path, const Selection& selection);
  ~FileRows() override;
  FileRows(const FileRows&) = delete;
  FileRows& operator=(const FileRows&) = delete;

  /**
   * Reads the file twice: first where each record stands, then those that the selection gives, newest first, then by
   * the bytes of conversation_id, up to the limit. `reject` gets what is malformed; Row::num_copies says how often
   * the id occurs in the file, whether its other records match or not. In a file without any created_at the order of
   * the file stands and Row::is_undated is set. Of the signals, `rating` and `thumbs` are fields of the record, `turns`
   * is judged by RowReader, `feedback` is a corrected answer; `annotations` say nothing. Once.
   *
   * Throws Error{input} when the file is changed meanwhile or is not UTF-8, Error{usage} when no record has a name that
   * the selection needs, Interrupted when asked to stop.
   */
  FileCounts read(const Sinks& sinks, const TakeRow& take, const Reject& reject);

  RowRules rules() const override;
  std::uint64_t estimated_bytes() override { return size_bytes(); }
  /** Reads the file as read() does. Once. */
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

/** One file, opened and checked by connect(). A file that is read while it changes is refused, so nothing conflicts. */
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
