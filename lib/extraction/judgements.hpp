// Feedback of users and annotations of experts on the answers of a conversation: ratings, scores, corrected answers,
// and disagreement between experts. Pure functions on rows in JSON.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/rating_scale.hpp"
#include "extraction/stored_messages.hpp"

namespace intelia::extraction {

/** A corrected answer. */
struct Correction {
  std::string text;
  bool is_expert = false;  // from an annotation, else from feedback
  std::vector<std::string>
      annotators;           // its authors, without duplicates, in the order of their first row; empty: unknown
  std::string feedback_id;  // of its row; empty: unknown, or from an annotation
};

/** The feedback on one answer, ratings on 1..5. */
struct TurnJudgement {
  std::optional<double> feedback_rating, annotation_rating;
  std::optional<Correction> correction;
};

struct JudgementRules {
  RatingScale feedback_scale = RatingScale::one_to_five;
  std::int64_t min_annotators = 1;  // required for the correction of a turn to be used
  double max_disagreement = 2;      // maximum, between the mean scores of two annotators of a turn
};

/**
 * Feedback rows: [{"id","turn","answer","rating","corrected_answer"},…], annotation rows: [{"id","turn","annotator",
 * "scores","corrected_answer"},…], both oldest first; ids may be numbers or texts, and any member may be absent or
 * null. `scores` is an object of numbers from 1 to 5 (null is ignored), or one such number, or either as a string.
 * `turn` is a place in the messages as they are stored. A row without one refers to the last answer whose text is its
 * `answer`, else to the last answer. Of several corrected answers the newest is used: among users, and for the same
 * annotator. Annotators without a name are all different. Texts are compared ignoring white space.
 */
class Judgements {
 public:
  explicit Judgements(JudgementRules rules);
  ~Judgements();
  Judgements(const Judgements&) = delete;
  Judgements& operator=(const Judgements&) = delete;

  /** Reads the rows. Returns the fault, "name: details", or an empty text. */
  std::string read(std::optional<std::string_view> feedback, std::optional<std::string_view> annotations);

  /** Mean of the ratings in the feedback, if any. */
  std::optional<double> feedback_rating() const;

  /** Mean over the annotators of their mean scores, if any. */
  std::optional<double> annotation_rating() const;

  /** The feedback by turn. `fault` is set when the record cannot be used: a correction that belongs to no answer. */
  std::map<std::int64_t, TurnJudgement> by_turn(const std::vector<Turn>& turns, std::int64_t num_messages,
                                                std::string& fault) const;

  /** "experts disagree: …" when annotators of a turn differ by more than the rules allow; else empty. */
  std::string disagreement(const std::vector<Turn>& turns) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Whether two texts differ in white space only. */
bool is_same_text(std::string_view one, std::string_view other);

}  // namespace intelia::extraction
