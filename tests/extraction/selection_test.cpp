#include "extraction/selection.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "base/error.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

std::string fault_of(const Selection& query) {
  return refusal([&] { check(query); }, Kind::usage);
}

}  // namespace

TEST_CASE("invalid settings are errors that name the option") {
  Selection query;
  CHECK(fault_of(query).empty());
  for (const char* time : {"2026-01-01", "2026-01-01T10:00", "2026-01-01 10:00:00.123456Z", "2026-01-01T10:00:00+02:00",
                           "2026-01-01T10:00:00-0330", "2026-01-01T10:00:00+02"}) {
    query.since = time;
    CHECK_MESSAGE(fault_of(query).empty(), time);
  }
  for (const char* time :
       {"yesterday", "2026-1-1", "01/02/2026", "2026-01-01T", "2026-01-01T10", "2026-01-01T10:00:00.",
        "2026-01-01T10:00:00.1234567", "2026-01-01Z", "infinity", "2026-01-01T10:00:00 CET"}) {
    query.since = time;
    CHECK_MESSAGE(contains(fault_of(query), "since: "), time);
  }
  query = {};
  query.limit = -1;
  CHECK(contains(fault_of(query), "limit: "));
  query = {};
  query.columns = {"converstion_id=id"};
  CHECK(contains(fault_of(query), "did you mean 'conversation_id'"));
  query.columns = {"rating=a", "rating=b"};
  CHECK(contains(fault_of(query), "twice"));
  query.columns = {"rating"};
  CHECK(contains(fault_of(query), "OUR_NAME=THEIR_NAME"));
  query = {};
  query.min_rating = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(fault_of(query), "min-rating: "));
  for (const auto& [change, words] : std::vector<std::pair<std::function<void(Selection&)>, const char*>>{
           {[](Selection& selection) { selection.signals = {"ratings"}; },
            "signals: unknown signal 'ratings' (did you mean 'rating'?)"},
           {[](Selection& selection) {
              selection.signals = {"thumbs", "thumbs"};
            },
            "signals: 'thumbs' is given twice"},
           {[](Selection& selection) { selection.signals = {}; },
            "signals: expected at least one of rating, thumbs, turns, feedback or annotations"},
           {[](Selection& selection) { selection.rating_scale = "1-10"; }, "rating-scale: "},
           {[](Selection& selection) { selection.feedback_scale = ""; }, "feedback-scale: "},
           {[](Selection& selection) { selection.min_annotators = 0; }, "min-annotators: "},
           {[](Selection& selection) { selection.max_disagreement = -1; }, "max-disagreement: "},
           {[](Selection& selection) { selection.max_disagreement = std::numeric_limits<double>::quiet_NaN(); },
            "max-disagreement: "},
           {[](Selection& selection) { selection.roles = {"vet=doctor"}; }, "roles: "},
           {[](Selection& selection) { selection.time_zone = "Europe/Paris'"; }, "time-zone: "},
           {[](Selection& selection) { selection.time_zone = ""; }, "time-zone: "}}) {
    Selection selection;
    change(selection);
    CHECK_MESSAGE(contains(fault_of(selection), words), words);
  }
}

TEST_CASE("the rules of a selection") {
  Selection selection;
  CHECK(row_rules(selection, MessagesForm::jsonb).signals == std::vector{Signal::rating});
  selection.signals = {"annotations", "turns"};
  selection.rating_scale = "0-10";
  selection.min_rating = 3;
  const RowRules rules = row_rules(selection, MessagesForm::any);
  CHECK(rules.signals == std::vector{Signal::annotations, Signal::turns});
  CHECK(rules.rating_scale == RatingScale::zero_to_ten);
  CHECK(rules.feedback_scale == RatingScale::one_to_five);
  CHECK(rules.min_rating == 3);
  CHECK(listens_to(selection, Signal::turns));
  CHECK_FALSE(listens_to(selection, Signal::rating));
}
