// Proposes which columns of a table are the five that an extraction reads, from their names, their types and a sample
// of their values. It reads no database.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace intelia::postgres {

/** What is known of a column. */
struct ColumnFacts {
  std::string name;
  std::string type;                      // the type beneath a domain: "jsonb", "timestamptz"
  char category = 0;                     // pg_type.typcategory of it
  bool is_key = false;                   // a unique index is on it alone
  std::vector<std::string> sample = {};  // of its values, as text without NULLs, possibly truncated
};

/** Our name and that of the column. */
using ColumnProposal = std::vector<std::pair<std::string, std::string>>;

/** For each of the `missing` columns, by our names, the most likely of `columns` that is not in `taken`; those without
   a likely one are left out. A column whose sample contradicts the use is not proposed. */
ColumnProposal propose_columns(const std::vector<ColumnFacts>& columns, const std::vector<std::string>& missing,
                               const std::vector<std::string>& taken);

}  // namespace intelia::postgres
