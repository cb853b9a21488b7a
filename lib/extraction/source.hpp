// Where rated conversations come from, as an extraction sees it: a table, a view or a file, read in one order. It does
// not know what becomes of the rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "extraction/row_result.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

class VersionedSource;

/** What a source gives without being read in full. */
struct SelectionCount {
  std::int64_t rows = 0;          // that match
  Json details = Json::object();  // what else the source can tell: its query, the reasons why records do not match
};

/** One reading of a source. Each throws Error{unavailable} when the source goes away, Error{io} when it cannot be
    read. */
class Source {
 public:
  virtual ~Source() = default;

  using MakeClassifier = std::function<RowClassifier()>;
  /** Gets each row in the order of the selection; `version` is 0 where the source keeps none. */
  using Take = std::function<void(std::string_view conversation_id, std::uint64_t version, const RowResult& result)>;

  /** What RowClassifier needs to know about the selection and about how messages are stored. */
  virtual RowRules rules() const = 0;
  /** An estimate of the size of the outputs; 0: unknown. */
  virtual std::uint64_t estimated_bytes() = 0;
  /** Counts the rows of the selection. */
  virtual SelectionCount count() = 0;

  /** Reads the whole selection. `make_classifier` is called once for each thread that reads. Throws Interrupted when
      asked to stop. Once. */
  virtual void read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) = 0;
  /** Ends the reading; only the functions below may be called afterwards. */
  virtual void finish() {}

  /** The source as an input of a manifest; valid after read(). */
  virtual Json describe() const = 0;
  /** Records that read() left out because the selection does not match them, by reason, where the source counts them. */
  virtual std::map<std::string, std::int64_t> unmatched_by_reason() const { return {}; }

  /** This source, if its rows have versions; else null. */
  virtual VersionedSource* versioned() { return nullptr; }
};

/** A source whose rows have versions, so that a later extraction need only read those that are new or changed. */
class VersionedSource : public Source {
 public:
  VersionedSource* versioned() override { return this; }

  /** Why rows cannot be told apart by version, so that each increment reads all; empty: they can. */
  virtual std::string why_not_incremental() const = 0;
  /** What the versions depend on: with another one, versions of an earlier reading mean nothing. */
  virtual Json identity() = 0;
  /** The snapshot that is read. */
  virtual std::string snapshot() const = 0;
  /** The 64-bit number of the first transaction that the snapshot does not see. */
  virtual std::uint64_t next_transaction() = 0;

  /** Reads the whole selection, in order, without its large columns. */
  virtual void read_index(const Sinks& sinks,
                          const std::function<void(std::string_view conversation_id, std::uint64_t version)>& take) = 0;
  /** Reads these conversations, in any order. */
  virtual void read_conversations(const std::vector<std::string>& conversation_ids, RowClassifier& classifier,
                                  const Take& take) = 0;
};

/** Makes a source for each attempt to read it. */
class SourceFactory {
 public:
  virtual ~SourceFactory() = default;
  /** Throws what open() would for a source that is not there or cannot be used. Nothing is written before it returns. */
  virtual void connect() = 0;
  /** A reading of the source as it is now. */
  virtual std::unique_ptr<Source> open() = 0;
  /** Whether `error` ended a reading for the sake of another transaction, so that a new attempt may succeed. */
  virtual bool is_conflict(const Error& error) const = 0;
};

}  // namespace intelia::extraction
