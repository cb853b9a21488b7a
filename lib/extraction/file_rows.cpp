#include "extraction/file_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/nearest_word.hpp"
#include "extraction/copies.hpp"
#include "extraction/foreign_text.hpp"
#include "extraction/instant.hpp"
#include "extraction/language_tag.hpp"
#include "extraction/rating_scale.hpp"
#include "extraction/record_fields.hpp"
#include "extraction/record_file.hpp"
#include "extraction/record_index.hpp"
#include "record/json_fwd.hpp"
#include "record/record_lines.hpp"
#include "text/utf8.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kIndexBytes = 8 << 20;    // of each of the two indexes
constexpr std::int64_t kMinForeignRecords = 3;  // so many without UTF-8, and none with it: the file is not UTF-8
constexpr std::uint64_t kChecksumSeed = 0;
constexpr const char* kUtf8Remedy =
    "if it is Latin-1 or Windows-1252, convert the file with "
    "'iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW'";

enum class Format { json_lines, csv, tsv, other };

Format format_of(const fs::path& path) {
  const std::string extension = lower_case(path.extension().string());
  if (extension == ".jsonl" || extension == ".ndjson") return Format::json_lines;
  if (extension == ".csv") return Format::csv;
  return extension == ".tsv" ? Format::tsv : Format::other;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::int64_t> bound(const char* setting, const std::string& time) {
  if (time.empty()) return std::nullopt;
  const auto instant = parse_instant(time);
  if (!instant) throw SettingError(Kind::usage, setting, "no such date or time: '" + time + "'");
  return instant;
}

}  // namespace

struct FileRows::State {
  Selection selection;
  RowRules rules;
  Format format;
  RecordFile file;
  WantedLanguages languages;
  std::optional<std::int64_t> since, until;
  std::unique_ptr<FieldReader> fields;
  FileCounts counts;
  bool has_times = false;  // some record has a created_at
  bool is_any_well_formed = false;
  CopyFinder copies;
  RecordIndex index{kIndexBytes};  // of the records that match by themselves
  std::int64_t num_foreign = 0;    // records that are not UTF-8
  std::int64_t first_foreign_line = 0;
  DuplicateKeys duplicates;           // of the records of the selection
  std::int64_t num_beyond_ascii = 0;  // records that are, with other bytes than ASCII

  State(const fs::path& path, const Selection& selection)
      : selection(selection),
        rules(row_rules(selection, MessagesForm::any)),
        format(format_of(path)),
        file(path, format == Format::json_lines ? RecordFile::Ends::line : RecordFile::Ends::even_quotes,
             kMaxMessagesBytes),
        languages(selection.languages),
        since(bound("since", selection.since)),
        until(bound("until", selection.until)) {
    if (format == Format::other)
      throw Error(Kind::usage, "'" + path.string() +
                                   "' is none of .jsonl, .ndjson, .csv and .tsv; rename it according "
                                   "to its content (convert a list in a .json file with 'jq -c .[]')");
    if (format == Format::json_lines) {
      fields = json_field_reader(selection);
      return;
    }
    with_context(path.string(), [&] { read_header(); });
    check_names();
  }

  std::string where(std::int64_t line) const { return file.path().string() + ":" + std::to_string(line); }

  void read_header() {
    RecordFile::Record header;
    if (!file.next(header))
      throw Error(Kind::input, "the file is empty; expected a header with the names of the columns");
    if (header.is_too_long)
      throw Error(Kind::input,
                  fmt::format("the header has {} bytes, at most {} are read", header.size_bytes, kMaxMessagesBytes));
    if (!is_valid_utf8(header.bytes))
      throw Error(Kind::input, std::string("the header is not valid UTF-8; ") + kUtf8Remedy);
    fields = csv_field_reader(selection, header.bytes, format == Format::tsv ? '\t' : 0);
  }

  /** Throws SettingError{usage} when the file lacks a field that the selection needs. */
  void check_names() const {
    const ColumnNames names = column_names(selection.columns);
    const ColumnNames ours;
    const SeenNames& seen = fields->seen();
    std::string missing, mapping;
    const auto require = [&](bool is_seen, const std::string& name, const std::string& our_name, bool is_needed) {
      if (is_seen || (!is_needed && name == our_name)) return;
      missing += (missing.empty() ? "'" : ", '") + name + "'" + did_you_mean(name, fields->names());
      mapping += (mapping.empty() ? "" : ",") + our_name + "=NAME";
    };
    require(seen.messages, names.messages, ours.messages, true);
    require(seen.conversation_id, names.conversation_id, ours.conversation_id, true);
    require(seen.rating, names.rating, ours.rating, rules.signals == std::vector{Signal::rating});
    require(seen.thumbs, names.thumbs, ours.thumbs, rules.signals == std::vector{Signal::thumbs});
    require(seen.language, names.language, ours.language, !selection.languages.empty());
    require(seen.created_at, names.created_at, ours.created_at, since || until);
    if (missing.empty()) return;
    throw SettingError(Kind::usage, "columns",
                       fmt::format("'{}' has no {}; map {} as {}", file.path().string(), missing,
                                   mapping.find(',') == std::string::npos ? "it" : "them", mapping),
                       SettingError::Role::remedy);
  }

  /** Why the rating of a record does not match; empty: it does, or RowReader decides. */
  std::string judge_rating(const RecordFields& record) const {
    if (record.is_corrected && listens_to(rules.signals, Signal::feedback)) return "";
    for (const Signal signal : rules.signals) {
      RatingReading reading;
      if (signal == Signal::turns) return "";
      if (signal == Signal::rating && record.rating) reading = read_rating(*record.rating, rules.rating_scale);
      if (signal == Signal::thumbs && record.thumbs) reading = read_thumb(*record.thumbs);
      if (!reading.fault.empty()) return "";
      if (reading.rating) return *reading.rating < selection.min_rating ? kBelowMinimum : "";
    }
    return rules.signals == std::vector{Signal::rating} ? kRatingIsNull : kNoSignal;
  }

  /** Why a record does not match the selection, without its time; empty: it matches. */
  std::string judge(const RecordFields& record) const {
    std::string mismatch = judge_rating(record);
    if (!mismatch.empty() || selection.languages.empty()) return mismatch;
    if (!record.language) return kLanguageIsNull;
    if (record.language->size() > kMaxValueBytes) return "";
    return languages.match(*record.language) ? "" : kOtherLanguage;
  }

  std::string judge_time(std::int64_t time) const {
    if (since && time < *since) return "created_at is before the selected period";
    if (until && time >= *until) return "created_at is after the selected period";
    return "";
  }

  /** Adds a record to the index; returns a description of its fault, or nothing. */
  std::optional<std::string> index_record(const RecordFile::Record& record) {
    if (record.is_too_long)
      return fmt::format("record is too long: {} bytes, at most {} are read", record.size_bytes, kMaxMessagesBytes);
    if (!is_valid_utf8(record.bytes)) {
      if (num_foreign++ == 0) first_foreign_line = record.line;
      return std::string("not valid UTF-8: ") + kUtf8Remedy;
    }
    if (!is_ascii(record.bytes)) ++num_beyond_ascii;
    if (record.bytes.find('\0') != std::string_view::npos) return "record contains a NUL byte";
    RecordFields found;
    if (auto fault = fields->read(record.bytes, FieldReader::Part::key, found)) return fault;
    IndexEntry entry;
    entry.id = found.conversation_id ? std::string_view(*found.conversation_id) : std::string_view();
    if (entry.id.size() > kMaxIdBytes)
      return fmt::format("conversation_id is too long: {} bytes, at most {} are read", entry.id.size(), kMaxIdBytes);
    if (entry.id.find('\0') != std::string_view::npos) return "conversation_id contains U+0000";
    entry.has_id = !entry.id.empty();
    has_times |= found.created_at.has_value();
    std::string mismatch = judge(found);
    if (mismatch.empty() && found.created_at) {
      const auto time = parse_instant(*found.created_at);
      if (!time)
        return "created_at is not a time: " + in_quotes(*found.created_at) +
               ", expected a date such as 2026-02-17T06:41:23Z, or seconds or milliseconds since 1970";
      entry.time = *time;
      entry.has_time = true;
      mismatch = judge_time(*time);
    }
    is_any_well_formed = true;
    if (entry.has_id) copies.add(entry.id);
    if (!mismatch.empty()) {
      ++counts.unmatched_by_reason[mismatch];
      return std::nullopt;
    }
    entry.offset = record.offset;
    entry.checksum = stable_hash64(record.bytes, kChecksumSeed);
    entry.line = record.line;
    entry.size_bytes = static_cast<std::uint32_t>(record.bytes.size());
    index.add(entry);
    return std::nullopt;
  }

  void index_all(const Sinks& sinks, const Reject& reject) {
    RecordFile::Record record;
    while (file.next(record)) {
      if ((++counts.read & 255) == 0) sinks.stop.check("reading '" + file.path().string() + "'");
      if ((counts.read & 1023) == 0) sinks.progress.update({"record", counts.read, 0, "first reading"});
      // A line of tabs is a row of empty cells.
      const bool is_blank = is_blank_line(record.bytes) &&
                            (format == Format::json_lines || record.bytes.find('\t') == std::string_view::npos);
      if (is_blank && !record.is_too_long) {
        --counts.read;  // an empty line is not a record
        continue;
      }
      const auto fault = index_record(record);
      if (!fault) continue;
      if (fields->has_misplaced_quote()) file.keep_first_line_only(record);
      reject(where(record.line), *fault, record.bytes);
    }
    if (num_foreign >= kMinForeignRecords && num_beyond_ascii == 0)
      throw Error(Kind::input, fmt::format("'{}' is not UTF-8: none of its {} records with non-ASCII characters is, "
                                           "the first in line {}; {}",
                                           file.path().string(), num_foreign, first_foreign_line, kUtf8Remedy));
    if (is_any_well_formed) check_names();
    copies.find();
  }

  std::string read_record(const IndexEntry& entry) const {
    std::string bytes;
    file.read_at(entry.offset, entry.size_bytes, bytes);
    if (stable_hash64(bytes, kChecksumSeed) != entry.checksum) file.fail_as_changed();
    return bytes;
  }

  void deliver(const Sinks& sinks, const TakeRow& take) {
    RecordFields found;
    std::string created_at;
    index.for_each([&](const IndexEntry& entry) {
      if (has_times && !entry.has_time) {
        ++counts.unmatched_by_reason[kTimeIsNull];
        return;
      }
      if (selection.limit > 0 && counts.matched == selection.limit) {
        ++counts.unmatched_by_reason[kBeyondLimit];
        return;
      }
      if ((++counts.matched & 255) == 0) sinks.stop.check("the extraction");
      if ((counts.matched & 1023) == 0) sinks.progress.update({"conversation", counts.matched, 0, ""});
      const std::string record = read_record(entry);
      if (auto fault = fields->read(record, FieldReader::Part::all, found)) throw Error(Kind::internal, *fault);
      duplicates.add(where(entry.line), fields->duplicate_key());
      Row row;
      row.conversation_id = found.conversation_id;
      row.messages = found.messages;
      row.rating = found.rating;
      row.language = found.language;
      row.thumbs = found.thumbs;
      row.feedback = found.feedback;
      row.num_copies = entry.has_id ? copies.num_copies(entry.id) : 1;
      row.is_undated = !has_times;
      row.record = record;
      if (format == Format::json_lines) row.no_value = "is missing or null";
      if (entry.has_time) {
        created_at.clear();
        append_instant(created_at, entry.time);
        row.created_at = created_at;
      }
      take(row, where(entry.line));
    });
  }
};

FileRows::FileRows(const fs::path& path, const Selection& selection) {
  check(selection);
  if (selection.time_zone != "UTC")
    throw SettingError(Kind::usage, "time-zone", "not supported for files; write created_at with its offset from UTC");
  state_ = std::make_unique<State>(path, selection);
}

FileRows::~FileRows() = default;

FileCounts FileRows::read(const Sinks& sinks, const TakeRow& take, const Reject& reject) {
  State& s = *state_;
  s.index_all(sinks, reject);
  s.deliver(sinks, take);
  s.file.check_unchanged();
  s.duplicates.warn(sinks.log);
  sinks.progress.finish();
  return s.counts;
}

void FileRows::read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) {
  RowClassifier classifier = make_classifier();
  read(
      sinks,
      [&](const Row& row, const std::string& where) { take(row.conversation_id, 0, classifier.classify(row, where)); },
      [&](const std::string& where, const std::string& reason, std::string_view raw) {
        take("", 0, rejected(where, reason, raw));
      });
}

SelectionCount FileRows::count() {
  SilentSinks silent;
  std::int64_t num_rejected = 0;
  const FileCounts counts = read(
      silent.sinks(), [](const Row&, const std::string&) {},
      [&](const std::string&, const std::string&, std::string_view) { ++num_rejected; });
  return {counts.matched, {{"unmatched", counts.unmatched_by_reason}, {"rejected", num_rejected}}};
}

RowRules FileRows::rules() const { return state_->rules; }

Json FileRows::describe() const {
  return {{"path", state_->file.path().string()},
          {"sha256", sha256()},
          {"bytes", size_bytes()},
          {"records", state_->counts.read}};
}

std::map<std::string, std::int64_t> FileRows::unmatched_by_reason() const { return state_->counts.unmatched_by_reason; }

const std::string& FileRows::sha256() const { return state_->file.sha256(); }
std::uint64_t FileRows::size_bytes() const { return state_->file.size_bytes(); }

void FileSourceFactory::connect() { next_ = std::make_unique<FileRows>(path_, selection_); }

std::unique_ptr<Source> FileSourceFactory::open() {
  if (!next_) connect();
  return std::move(next_);
}

}  // namespace intelia::extraction
