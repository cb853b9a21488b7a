// A lineage query: finds origins and uses of a file, a folder or a record id in the manifests below some folders.
// lineage_page.hpp formats the result.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "lineage/lineage.hpp"
#include "lineage/lineage_page.hpp"
#include "lineage/manifest_index.hpp"

namespace intelia {

struct LineageSettings {
  std::string target;                               // a path, or a record's id
  bool is_id = false;                               // the target is an id, even if a file has that name
  std::vector<std::filesystem::path> folders{"."};  // searched recursively
  bool reads_files = true;                          // compare hashes of files, not only sizes
};

/** The result of a query, with the runs that it refers to. */
class LineageQuery {
 public:
  /** Throws Error{usage} for a missing folder or target, Error{io} for a file that cannot be read,
      Interrupted when asked to stop. */
  LineageQuery(const LineageSettings& settings, const Sinks& sinks);
  LineageQuery(const LineageQuery&) = delete;
  LineageQuery& operator=(const LineageQuery&) = delete;

  /** Valid as long as this object. */
  const LineageReport& report() const { return report_; }

 private:
  void look_for_id(const Sinks& sinks);
  void look_at_path(const std::filesystem::path& path);

  ManifestIndex index_;
  Lineage lineage_;
  LineageReport report_;
};

}  // namespace intelia
