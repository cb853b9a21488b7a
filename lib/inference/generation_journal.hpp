// The answers of a run that is not finished: a file to which each is appended as soon as it is complete, so that an
// interrupted run, killed or not, can be continued. It knows nothing about what the lines contain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "record/json.hpp"

namespace intelia {

class GenerationJournal {
 public:
  /**
   * Continues the journal `path`, or creates it. `identity` is an object with what the answers depend on; Error{usage}
   * names the keys in which that of an existing journal differs, unless `discards`, which begins a new one. What
   * follows the last complete line is dropped. A journal without answers is not kept.
   */
  GenerationJournal(const std::filesystem::path& path, const Json& identity, bool discards);
  ~GenerationJournal();
  GenerationJournal(const GenerationJournal&) = delete;
  GenerationJournal& operator=(const GenerationJournal&) = delete;

  bool has(std::int64_t record) const { return places_.contains(record); }
  std::int64_t size() const { return static_cast<std::int64_t>(places_.size()); }
  /** Appends the line of a record, without newline. Error{io}. */
  void add(std::int64_t record, std::string_view line);
  /** Writes the lines of the records below `end`, in their order. Returns their number. */
  std::int64_t write_to(AtomicFile& file, std::int64_t end) const;
  /** Removes the file. */
  void remove();

 private:
  struct Place {
    std::uint64_t begin, size;  // of the line in the file
  };
  /** Reads an existing journal up to its last complete line. */
  void continue_from(const Json& identity);
  void append(std::string_view bytes);

  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t num_bytes_ = 0;
  std::map<std::int64_t, Place> places_;
};

}  // namespace intelia
