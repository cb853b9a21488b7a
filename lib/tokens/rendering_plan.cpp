// See rendering_plan.hpp.
#include "tokens/rendering_plan.hpp"

#include <algorithm>
#include <mutex>

namespace intelia {

namespace {

constexpr std::size_t kMaxShapes = 4096;
constexpr int kMaxTries = 8;  // plans of one shape, made or failed
constexpr std::size_t kMaxTextBytes = 16 << 20;

/** Output made of the template's text, of tools and documents, and of whole recipes. */
bool is_made_of_recipes(const jinja::Output& output) {
  if (!output.trace || !output.trace->is_useful()) return false;
  return std::all_of(output.text.origins.begin(), output.text.origins.end(),
                     [](const jinja::Origin& origin) { return origin.source < 0 || origin.recipe >= 0; });
}

}  // namespace

std::optional<RenderingPlan> RenderingPlan::make(const jinja::Output& output) {
  if (!is_made_of_recipes(output)) return std::nullopt;
  RenderingPlan plan;
  const std::string& text = output.text.bytes;
  std::size_t done = 0;
  for (jinja::Origin origin : output.text.origins) {
    if (origin.recipe >= 0) origin.recipe = plan.adopt(*output.trace, origin.recipe);
    Segment segment{text.substr(done, origin.begin - done), origin.recipe, "", origin.source};
    if (origin.recipe < 0) segment.constant = text.substr(origin.begin, origin.end - origin.begin);
    plan.segments_.push_back(std::move(segment));
    plan.origins_.push_back(origin);
    done = origin.end;
  }
  plan.tail_ = text.substr(done);
  plan.adopt_guards(*output.trace);
  for (const auto& [begin, end] : output.generation) {
    const auto first = plan.place_of(begin);
    const auto last = plan.place_of(end);
    if (!first || !last) return std::nullopt;
    plan.generation_.emplace_back(*first, *last);
  }
  return plan;
}

std::int32_t RenderingPlan::adopt(const jinja::Trace& trace, std::int32_t recipe) {
  jinja::Recipe adopted = trace.recipes()[static_cast<std::size_t>(recipe)];
  if (adopted.parent >= 0) adopted.parent = adopt(trace, adopted.parent);
  const auto found = std::find(recipes_.begin(), recipes_.end(), adopted);
  if (found != recipes_.end()) return static_cast<std::int32_t>(found - recipes_.begin());
  recipes_.push_back(std::move(adopted));
  return static_cast<std::int32_t>(recipes_.size()) - 1;
}

void RenderingPlan::adopt_guards(const jinja::Trace& trace) {
  for (jinja::Guard guard : trace.guards()) {
    guard.recipe = adopt(trace, guard.recipe);
    if (std::find(guards_.begin(), guards_.end(), guard) == guards_.end()) guards_.push_back(std::move(guard));
  }
}

std::optional<RenderingPlan::Place> RenderingPlan::place_of(std::size_t byte) const {
  Place place;
  std::size_t done = 0;
  for (const jinja::Origin& origin : origins_) {
    if (origin.end > byte) {
      if (origin.begin < byte) return std::nullopt;
      break;
    }
    ++place.num_segments;
    done = origin.end;
  }
  place.num_bytes = byte - done;
  return place;
}

bool RenderingPlan::begins_alike(const jinja::Output& output, std::size_t length) {
  std::size_t i = 0;
  for (const jinja::Origin& origin : output.text.origins) {
    if (origin.begin >= length) break;
    if (i >= origins_.size()) return false;
    const jinja::Origin& mine = origins_[i++];
    if (origin.end > length || origin.begin != mine.begin || origin.end != mine.end) return false;
    if ((origin.recipe < 0 ? -1 : adopt(*output.trace, origin.recipe)) != mine.recipe) return false;
  }
  return i >= origins_.size() || origins_[i].begin >= length;
}

bool RenderingPlan::add_turn(const AssistantTurn& turn, const jinja::Output& prompt, const jinja::Output& so_far) {
  if (!is_made_of_recipes(prompt) || !is_made_of_recipes(so_far)) return false;
  if (!begins_alike(prompt, turn.begin) || !begins_alike(so_far, turn.proven_end)) return false;
  // Where the two part, one must have ended or both must write the template's own text, whatever the contents are.
  const auto begins_content = [&](const std::vector<jinja::Origin>& origins) {
    return std::any_of(origins.begin(), origins.end(),
                       [&](const jinja::Origin& origin) { return origin.begin == turn.proven_end; });
  };
  if (so_far.text.bytes.size() > turn.proven_end && (begins_content(origins_) || begins_content(so_far.text.origins)))
    return false;
  adopt_guards(*prompt.trace);
  adopt_guards(*so_far.trace);
  const auto begin = place_of(turn.begin);
  const auto end = place_of(turn.proven_end);
  if (!begin || !end) return false;
  turns_.push_back({turn.message, *begin, *end});
  return true;
}

std::optional<Rendered> RenderingPlan::replay(std::span<const std::string_view> contents) const {
  const std::vector<std::string_view> texts = jinja::apply(recipes_, contents);
  const auto is_answered_alike = [&](const jinja::Guard& guard) {
    return holds(guard, texts[static_cast<std::size_t>(guard.recipe)]);
  };
  if (!std::all_of(guards_.begin(), guards_.end(), is_answered_alike)) return std::nullopt;
  const auto text_of = [&](const Segment& segment) -> std::string_view {
    return segment.recipe < 0 ? std::string_view(segment.constant) : texts[static_cast<std::size_t>(segment.recipe)];
  };
  std::size_t size = tail_.size();
  for (const Segment& segment : segments_) size += segment.before.size() + text_of(segment).size();
  if (size > kMaxTextBytes) return std::nullopt;

  Rendered rendered;
  rendered.text.reserve(size);
  rendered.content.reserve(segments_.size());
  for (const Segment& segment : segments_) {
    rendered.text += segment.before;
    const std::size_t begin = rendered.text.size();
    rendered.text += text_of(segment);
    rendered.content.push_back({{begin, rendered.text.size()}, segment.message});
  }
  rendered.text += tail_;
  const auto byte_of = [&](const Place& place) {
    return (place.num_segments == 0 ? 0 : rendered.content[place.num_segments - 1].bytes.end) + place.num_bytes;
  };
  for (const auto& [begin, end] : generation_) rendered.generation.push_back({byte_of(begin), byte_of(end)});
  for (const Turn& turn : turns_)
    rendered.turns.push_back({turn.message, byte_of(turn.begin), byte_of(turn.proven_end)});
  return rendered;
}

std::optional<Rendered> RenderingPlans::replay(const std::string& shape,
                                               std::span<const std::string_view> contents) const {
  std::vector<std::shared_ptr<const RenderingPlan>> plans;
  {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(shape);
    if (found == entries_.end()) return std::nullopt;
    plans = found->second.plans;
  }
  for (const auto& plan : plans) {
    if (auto rendered = plan->replay(contents)) return rendered;
  }
  return std::nullopt;
}

bool RenderingPlans::is_wanted(const std::string& shape) const {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(shape);
  return found == entries_.end() ? entries_.size() < kMaxShapes : found->second.num_tries < kMaxTries;
}

void RenderingPlans::add(const std::string& shape, std::optional<RenderingPlan> plan) {
  const std::unique_lock lock(mutex_);
  Entry& entry = entries_[shape];
  ++entry.num_tries;
  if (plan) entry.plans.push_back(std::make_shared<const RenderingPlan>(std::move(*plan)));
}

}  // namespace intelia
