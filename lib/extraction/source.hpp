// The interface to a source of rated conversations: a table, a view or a file, read in one order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "extraction/row_result.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

class VersionedSource;

/** The size of a selection. */
struct SelectionCount {
  std::int64_t rows = 0;          // that match
  Json details = Json::object();  // of the source: its query, the reasons why records do not match
};

/** A source, opened for one reading. Functions throw Error{unavailable} when it becomes unavailable, Error{io} when
    it cannot be read. */
class Source {
 public:
  virtual ~Source() = default;

  using MakeClassifier = std::function<RowClassifier()>;
  /** Receives each row in the order of the selection; no id: it is NULL; `version` is 0 if the source has none. */
  using Take = std::function<void(std::optional<std::string_view> conversation_id, std::uint64_t version,
                                  const RowResult& result)>;

  /** The rules of RowClassifier for this selection and source. */
  virtual RowRules rules() const = 0;
  /** An estimate of the size of the outputs; 0: unknown. */
  virtual std::uint64_t estimated_bytes() = 0;
  /** Counts the rows of the selection. */
  virtual SelectionCount count() = 0;

  /** Reads the whole selection. `make_classifier` is called once per reading thread. Throws Interrupted when asked to
     stop. Called once. */
  virtual void read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) = 0;
  /** Ends the reading. Afterwards only the functions below may be called. */
  virtual void finish() {}

  /** Describes the source as an input in a manifest; valid after read(). */
  virtual Json describe() const = 0;
  /** The number of records that are not read, by reason (see selection.hpp); valid after read() or read_index(). */
  virtual std::map<std::string, std::int64_t> unmatched_by_reason() const { return {}; }

  /** This source if its rows have versions, else null. */
  virtual VersionedSource* versioned() { return nullptr; }
};

/** A source whose rows have versions, so that an incremental extraction reads only those that are new or changed. */
class VersionedSource : public Source {
 public:
  VersionedSource* versioned() override { return this; }

  /** Why rows have no usable versions, so that each increment reads everything; empty: they have. */
  virtual std::string why_not_incremental() const = 0;
  /** Identifies what versions belong to; versions under another identity are not comparable. Its member kParts has what
      each row depends on beside its version, as {"key": ["fact", "name"]}: of it only the facts of keys that both
      identities have are compared, since the versions of rows differ if they belong to other parts. */
  virtual Json identity() = 0;
  static constexpr const char* kParts = "parts";
  /** The snapshot that is read, for the manifest. */
  virtual std::string snapshot() const = 0;
  /** The 64-bit id of the first transaction that is not visible in the snapshot. */
  virtual std::uint64_t next_transaction() = 0;

  /** Receives the key of each row in the order of the selection; no id: it is NULL. */
  using TakeKey = std::function<void(std::optional<std::string_view> conversation_id, std::uint64_t version)>;
  /** Reads ids and versions of the whole selection, in order. */
  virtual void read_index(const Sinks& sinks, const TakeKey& take) = 0;
  /** Called now and then while nothing is read for a while, so that the snapshot is kept. */
  virtual void keep_alive() {}
  /** Reads these conversations, in any order. */
  virtual void read_conversations(const std::vector<std::string>& conversation_ids, RowClassifier& classifier,
                                  const Take& take) = 0;
};

/** Opens a source for each attempt to read it. */
class SourceFactory {
 public:
  virtual ~SourceFactory() = default;
  /** Checks that the source is available; throws like open(). Called once, before anything is written. */
  virtual void connect() = 0;
  /** Opens the source in its current state. */
  virtual std::unique_ptr<Source> open() = 0;
  /** Whether `error` is a conflict with another transaction or a timeout, so that a retry can succeed. */
  virtual bool is_conflict(const Error& error) const = 0;
};

}  // namespace intelia::extraction
