// See rendering_plan.hpp.
#include "tokens/rendering_plan.hpp"

#include <algorithm>
#include <mutex>

namespace intelia {

namespace {

constexpr std::size_t kMaxShapes = 4096;
constexpr int kMaxTries = 8;  // attempts to make a plan per shape
constexpr std::size_t kMaxTextBytes = 16 << 20;

/** Whether the output consists of the template's text, of tools and documents, and of whole derivations. */
bool is_made_of_derivations(const jinja::Output& output) {
  if (!output.trace || !output.trace->is_useful()) return false;
  return std::all_of(output.text.sources.begin(), output.text.sources.end(),
                     [](const jinja::SourceRange& range) { return range.source < 0 || range.derivation >= 0; });
}

}  // namespace

std::optional<RenderingPlan> RenderingPlan::make(const jinja::Output& output) {
  if (!is_made_of_derivations(output)) return std::nullopt;
  RenderingPlan plan;
  const std::string& text = output.text.bytes;
  std::size_t done = 0;
  for (jinja::SourceRange range : output.text.sources) {
    if (range.derivation >= 0) range.derivation = plan.adopt(*output.trace, range.derivation);
    Segment segment{text.substr(done, range.begin - done), range.derivation, "", range.source};
    if (range.derivation < 0) segment.constant = text.substr(range.begin, range.end - range.begin);
    plan.segments_.push_back(std::move(segment));
    plan.sources_.push_back(range);
    done = range.end;
  }
  plan.tail_ = text.substr(done);
  plan.adopt_guards(*output.trace);
  for (const auto& [begin, end] : output.generation) {
    const auto first = plan.position_of(begin);
    const auto last = plan.position_of(end);
    if (!first || !last) return std::nullopt;
    plan.generation_.emplace_back(*first, *last);
  }
  return plan;
}

std::int32_t RenderingPlan::adopt(const jinja::Trace& trace, std::int32_t derivation) {
  jinja::Derivation adopted = trace.derivations()[static_cast<std::size_t>(derivation)];
  if (adopted.parent >= 0) adopted.parent = adopt(trace, adopted.parent);
  const auto found = std::find(derivations_.begin(), derivations_.end(), adopted);
  if (found != derivations_.end()) return static_cast<std::int32_t>(found - derivations_.begin());
  derivations_.push_back(std::move(adopted));
  return static_cast<std::int32_t>(derivations_.size()) - 1;
}

void RenderingPlan::adopt_guards(const jinja::Trace& trace) {
  for (jinja::Guard guard : trace.guards()) {
    guard.derivation = adopt(trace, guard.derivation);
    if (std::find(guards_.begin(), guards_.end(), guard) == guards_.end()) guards_.push_back(std::move(guard));
  }
}

std::optional<RenderingPlan::TextPosition> RenderingPlan::position_of(std::size_t byte) const {
  TextPosition place;
  std::size_t done = 0;
  for (const jinja::SourceRange& range : sources_) {
    if (range.end > byte) {
      if (range.begin < byte) return std::nullopt;
      break;
    }
    ++place.num_segments;
    done = range.end;
  }
  place.num_bytes = byte - done;
  return place;
}

bool RenderingPlan::begins_alike(const jinja::Output& output, std::size_t length) {
  std::size_t i = 0;
  for (const jinja::SourceRange& range : output.text.sources) {
    if (range.begin >= length) break;
    if (i >= sources_.size()) return false;
    const jinja::SourceRange& mine = sources_[i++];
    if (range.end > length || range.begin != mine.begin || range.end != mine.end) return false;
    if ((range.derivation < 0 ? -1 : adopt(*output.trace, range.derivation)) != mine.derivation) return false;
  }
  return i >= sources_.size() || sources_[i].begin >= length;
}

bool RenderingPlan::add_turn(const AssistantTurn& turn, const jinja::Output& prompt, const jinja::Output& so_far) {
  if (!is_made_of_derivations(prompt) || !is_made_of_derivations(so_far)) return false;
  if (!begins_alike(prompt, turn.begin) || !begins_alike(so_far, turn.proven_end)) return false;
  // Where the two differ, one must have ended or both must render the template's own text, whatever the contents are.
  const auto begins_content = [&](const std::vector<jinja::SourceRange>& sources) {
    return std::any_of(sources.begin(), sources.end(),
                       [&](const jinja::SourceRange& range) { return range.begin == turn.proven_end; });
  };
  if (so_far.text.bytes.size() > turn.proven_end && (begins_content(sources_) || begins_content(so_far.text.sources)))
    return false;
  adopt_guards(*prompt.trace);
  adopt_guards(*so_far.trace);
  const auto begin = position_of(turn.begin);
  const auto end = position_of(turn.proven_end);
  if (!begin || !end) return false;
  turns_.push_back({turn.message, *begin, *end});
  return true;
}

std::optional<Rendered> RenderingPlan::replay(std::span<const std::string_view> contents) const {
  const std::vector<std::string_view> texts = jinja::apply(derivations_, contents);
  const auto is_answered_alike = [&](const jinja::Guard& guard) {
    return holds(guard, texts[static_cast<std::size_t>(guard.derivation)]);
  };
  if (!std::all_of(guards_.begin(), guards_.end(), is_answered_alike)) return std::nullopt;
  const auto text_of = [&](const Segment& segment) -> std::string_view {
    return segment.derivation < 0 ? std::string_view(segment.constant)
                                  : texts[static_cast<std::size_t>(segment.derivation)];
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
  const auto byte_of = [&](const TextPosition& place) {
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
