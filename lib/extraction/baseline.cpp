#include "extraction/baseline.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace intelia::extraction {

namespace {

/** What the lines of a state depend on in addition to their rows. It does not include which rows are selected: that is
    determined by each run. */
Json identity_of(VersionedSource& source, const RunInfo& info) {
  Json identity{{"program", info.version}, {"source", source.identity()}};
  for (const auto& [name, value] : info.fixed_options.items()) identity[name] = value;
  return identity;
}

/** Why `now` is not the same source as `last`, both from VersionedSource::identity(); empty: it is. */
std::string why_not_same_source(Json last, Json now) {
  const std::string words = "the database or the table is a different one, or was restored or altered";
  if (!last.is_object()) return words;
  const Json old_parts = last.value(VersionedSource::kParts, Json::object());
  const Json parts = now.value(VersionedSource::kParts, Json::object());
  last.erase(VersionedSource::kParts);
  now.erase(VersionedSource::kParts);
  if (last != now) return words;
  for (const auto& [key, part] : parts.items())
    if (old_parts.contains(key) && old_parts[key].at(0) != part.at(0))
      return words + ": " + part.at(1).get<std::string>();
  return "";
}

/** Why the versions in `last` are not comparable with those of this run; empty: they are. */
std::string why_not_comparable(const Baseline& baseline, const StateSummary& last) {
  // The version of a row is a 32-bit transaction id, which wraps around.
  constexpr std::uint64_t kHalfRound = std::uint64_t{1} << 31;
  if (const std::string why = why_not_same_source(last.identity.value("source", Json()), baseline.identity["source"]);
      !why.empty())
    return why;
  for (const auto& [name, value] : baseline.identity.items())
    if (name != "source" && last.identity.value(name, Json()) != value) return name + " has changed since the last run";
  if (baseline.next_transaction < last.next_transaction)
    return "the transaction ids of the database have decreased, as after a restore";
  if (baseline.next_transaction - last.next_transaction > kHalfRound) return "too many transactions since the last run";
  return "";
}

}  // namespace

Baseline open_baseline(const std::filesystem::path& state_path, const std::filesystem::path& folder, bool rescan) {
  Baseline baseline;
  if (rescan)
    baseline.why_in_full = "a rescan was requested";
  else
    baseline.state = State::open(state_path, folder, baseline.why_in_full);
  return baseline;
}

void compare_baseline(Baseline& baseline, VersionedSource& source, const RunInfo& info) {
  baseline.identity = identity_of(source, info);
  baseline.next_transaction = source.next_transaction();
  if (const std::string why_not = source.why_not_incremental(); !why_not.empty()) {
    baseline.state.reset();
    baseline.why_in_full = why_not;
  }
  if (!baseline.state) return;
  baseline.why_in_full = why_not_comparable(baseline, baseline.state->summary());
  if (baseline.why_in_full.empty())
    baseline.num_kept = baseline.state->summary().num_kept;
  else
    baseline.state.reset();
}

std::unique_ptr<Increment> find_increment(Baseline& baseline, VersionedSource& source, const Sinks& sinks) {
  auto increment = std::make_unique<Increment>(*baseline.state);
  std::int64_t num_without_id = 0;
  source.read_index(sinks, [&](std::optional<std::string_view> conversation_id, std::uint64_t version) {
    if (conversation_id)
      increment->add(*conversation_id, version);
    else
      ++num_without_id;
  });
  if (num_without_id > 0) {
    baseline.why_in_full =
        fmt::format("conversation_id is NULL or too long in {} rows, so they cannot be compared", num_without_id);
    return nullptr;
  }
  increment->resolve([&] { source.keep_alive(); });
  return increment;
}

std::unique_ptr<Increment> read_increment(Baseline& baseline, VersionedSource& source, RowClassifier& classifier,
                                          const std::function<void(const RowResult&)>& take, const Sinks& sinks) {
  constexpr std::size_t kConversationsAtOnce = 500;
  constexpr std::int64_t kFew = 1000;
  std::unique_ptr<Increment> increment = find_increment(baseline, source, sinks);
  if (!increment) return nullptr;
  const IncrementCounts& counts = increment->counts();
  const std::int64_t num_changed = counts.added + counts.updated;
  if (num_changed > kFew && num_changed > counts.unchanged) {
    baseline.why_in_full = "more than half of the conversations are new or changed";
    return nullptr;
  }
  std::int64_t num_read = 0;
  increment->for_each_batch(kConversationsAtOnce, [&](const std::vector<std::string>& ids) {
    sinks.stop.check("the extraction");
    source.read_conversations(
        ids, classifier,
        [&](std::optional<std::string_view> conversation_id, std::uint64_t version, const RowResult& result) {
          take(result);
          increment->put(conversation_id.value_or(""), version, result);
        });
    num_read += static_cast<std::int64_t>(ids.size());
    sinks.progress.update({"changed conversation", num_read, num_changed, ""});
  });
  sinks.progress.finish();
  return increment;
}

}  // namespace intelia::extraction
