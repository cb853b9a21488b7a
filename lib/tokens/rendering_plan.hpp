// A conversation's rendering as a list of segments: the template's text, and where contents are inserted. A plan is
// made from one traced rendering and serves every conversation of the same shape (roles, options, which contents are
// empty) whose contents give the same answers to the template's tests. Private to lib/tokens.
#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jinja/trace.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

class RenderingPlan {
 public:
  /** Nothing when the text does not follow from contents and guards only. */
  static std::optional<RenderingPlan> make(const jinja::Output& output);

  /**
   * Adds a turn: `prompt` is the rendering of the messages before it with the generation prompt, `so_far` the rendering
   * that ends with it. Returns false when the turn's position does not follow for every conversation that this plan
   * serves. `turn` is the turn in the rendering that the plan was made from.
   */
  bool add_turn(const AssistantTurn& turn, const jinja::Output& prompt, const jinja::Output& so_far);

  /** The rendering of a conversation with these contents, or nothing when they give another answer to a test. */
  std::optional<Rendered> replay(std::span<const std::string_view> contents) const;

 private:
  struct Segment {
    std::string before;            // the template's text
    std::int32_t derivation = -1;  // then the text of this derivation,
    std::string constant;          // or (-1) this text of a tool or a document
    std::int32_t message = 0;
  };
  /** A position in the text: after this many segments and then this many bytes of the template's text. */
  struct TextPosition {
    std::size_t num_segments = 0;
    std::size_t num_bytes = 0;
  };
  struct Turn {
    std::int32_t message = 0;
    TextPosition begin, proven_end;
  };

  std::optional<TextPosition> position_of(std::size_t byte) const;
  /** The derivation's number in this plan; added, with its parents, when it is new. */
  std::int32_t adopt(const jinja::Trace& trace, std::int32_t derivation);
  void adopt_guards(const jinja::Trace& trace);
  /** Whether the first `length` bytes of `output` consist of the same pieces as this plan's. */
  bool begins_alike(const jinja::Output& output, std::size_t length);

  std::vector<jinja::Derivation> derivations_;
  std::vector<jinja::Guard> guards_;
  std::vector<Segment> segments_;
  std::string tail_;                         // the template's text after the last segment
  std::vector<jinja::SourceRange> sources_;  // of the rendering it was made from; derivations by their numbers here
  std::vector<std::pair<TextPosition, TextPosition>> generation_;
  std::vector<Turn> turns_;
};

/** The plans of one template. Thread-safe. */
class RenderingPlans {
 public:
  /** The rendering by a plan for `shape`, or nothing. */
  std::optional<Rendered> replay(const std::string& shape, std::span<const std::string_view> contents) const;
  /** Whether to make a plan for `shape`: not with too many shapes, or after too many attempts for this one. */
  bool is_wanted(const std::string& shape) const;
  /** Stores a plan, or records that none could be made. */
  void add(const std::string& shape, std::optional<RenderingPlan> plan);

 private:
  struct Entry {
    std::vector<std::shared_ptr<const RenderingPlan>> plans;
    int num_tries = 0;
  };
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace intelia
