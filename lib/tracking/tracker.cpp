#include "tracking/tracker.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/held_folder.hpp"

namespace intelia {

namespace fs = std::filesystem;

double MetricsLine::scalar(std::string_view name) const {
  for (const auto& [known, value] : scalars)
    if (known == name) return value;
  return std::numeric_limits<double>::quiet_NaN();
}

namespace {

void collect(const Json& object, const std::string& prefix, MetricsLine& line) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object())
      collect(value, prefix + name + "/", line);
    else if (value.is_number() && prefix + name != "step" && std::isfinite(value.get<double>()))
      line.scalars.emplace_back(prefix + name, value.get<double>());
  }
}

}  // namespace

MetricsLine parse_metrics_line(std::string_view json, double time) {
  const Json object = parse_json(json, "a line of metrics.jsonl");
  if (!object.is_object() || !object.contains("step") || !object["step"].is_number_integer())
    throw Error(Kind::input, "a line of metrics.jsonl is not an object with a step");
  MetricsLine line{object["step"].get<std::int64_t>(), time, {}};
  collect(object, "", line);
  return line;
}

Json to_json(const MetricsLine& line) {
  Json metrics = Json::object();
  for (const auto& [name, value] : line.scalars) metrics[name] = value;
  return {{"step", line.step}, {"time", line.time}, {"metrics", metrics}};
}

fs::path tracker_folder(const fs::path& output, const std::string& name) {
  const fs::path folder = output / name;
  if (::mkdir(held_entry(folder).c_str(), 0700) == 0) return folder;
  struct stat status {};
  if (errno != EEXIST || ::lstat(held_entry(folder).c_str(), &status) != 0)
    throw Error(Kind::io, "cannot make folder '" + folder.string() + "': " + system_message(errno));
  if (!S_ISDIR(status.st_mode)) throw Error(Kind::io, "'" + folder.string() + "' is not a folder; remove it");
  return folder;
}

}  // namespace intelia
