#include "evaluation/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/counted.hpp"
#include "page/axes.hpp"
#include "page/document.hpp"
#include "page/markup.hpp"

namespace intelia {

namespace {

Json finite_or_null(double number) { return std::isfinite(number) ? Json(number) : Json(nullptr); }

Json summary_json(const LossSummary& summary) {
  return {{"conversations", summary.num_conversations},
          {"tokens", summary.num_tokens},
          {"bytes", summary.num_bytes},
          {"base",
           {{"loss", summary.base_loss},
            {"perplexity", summary.base_perplexity},
            {"bits_per_byte", summary.base_bits_per_byte}}},
          {"candidate",
           {{"loss", summary.candidate_loss},
            {"perplexity", summary.candidate_perplexity},
            {"bits_per_byte", summary.candidate_bits_per_byte}}},
          {"loss_difference", summary.difference},
          {"interval_95", {finite_or_null(summary.interval.low), finite_or_null(summary.interval.high)}}};
}

/** A loss difference in the unit of the report: nats per token, or bits per byte. */
double in_report_unit(double nats, LossUnit unit) { return unit == LossUnit::token ? nats : nats / std::log(2.0); }

const char* report_unit(LossUnit unit) { return unit == LossUnit::token ? "nats per token" : "bits per byte"; }

/** `nats_per_unit` and the result are loss differences; the result is in the unit of the report. */
Interval in_report_unit(const Interval& nats_per_unit, LossUnit unit) {
  return {in_report_unit(nats_per_unit.low, unit), in_report_unit(nats_per_unit.high, unit)};
}

/** With four decimals; a number that would be 0 then has two significant digits. */
std::string signed_number(double number) {
  return number != 0 && std::abs(number) < 0.00005 ? fmt::format("{:+.2g}", number) : fmt::format("{:+.4f}", number);
}

std::string interval_text(const Interval& interval) {
  if (!std::isfinite(interval.low)) return "unknown";
  return signed_number(interval.low) + " … " + signed_number(interval.high);
}

constexpr double kPlotWidth = 720;

/** "better", "worse" or "open": the side of 0 on which the whole interval lies. */
const char* side_of(const Interval& interval) {
  return interval.high < 0 ? "better" : interval.low > 0 ? "worse" : "open";
}

/** A forest plot: per group one line, its interval and mean against 0. */
std::string forest_plot(const LossComparison& comparison) {
  std::vector<std::pair<std::string, LossSummary>> rows{{"all", comparison.overall}};
  for (const auto& [language, summary] : comparison.by_language) rows.emplace_back(language, summary);
  for (auto& [name, summary] : rows) {
    summary.difference = in_report_unit(summary.difference, comparison.unit);
    summary.interval = in_report_unit(summary.interval, comparison.unit);
  }
  double extreme = 1e-6;
  for (const auto& [name, summary] : rows) {
    extreme = std::max(extreme, std::abs(summary.difference));
    if (std::isfinite(summary.interval.low))
      extreme = std::max({extreme, std::abs(summary.interval.low), std::abs(summary.interval.high)});
  }
  const double limit = 1.1 * extreme;
  constexpr double kLeft = 170, kRight = 690, kRow = 34, kFirstRow = 24;
  const Scale x{-limit, limit, kLeft, kRight};
  Svg svg(kPlotWidth, kRow * static_cast<double>(rows.size()) + 40);
  svg.line("class=\"zero\"", x(0), 8, x(0), svg.height() - 30);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [name, summary] = rows[i];
    const double y = kFirstRow + kRow * static_cast<double>(i);
    const std::string side = fmt::format("class=\"{}\"", side_of(summary.interval));
    const bool is_known = std::isfinite(summary.interval.low);
    svg.text("text-anchor=\"end\"", kLeft - 14, y + 5, fmt::format("{} ({})", name, summary.num_conversations));
    svg.line(side, x(is_known ? summary.interval.low : -limit), y, x(is_known ? summary.interval.high : limit), y);
    svg.circle(side, x(summary.difference), y, 5);
  }
  svg.text("text-anchor=\"middle\"", x(0), svg.height() - 18, "0");
  for (const double tick : {-extreme, extreme})
    svg.text("text-anchor=\"middle\"", x(tick), svg.height() - 18, fmt::format("{:+.3f}", tick));
  return svg.element("Loss difference with 95 % intervals") +
         fmt::format(
             "<p class=\"soft\">Loss difference in {}, with its 95 % interval: left of 0 the candidate is "
             "better, right of it the base.</p>",
             report_unit(comparison.unit));
}

/** One bar per conversation, sorted by its mean loss difference. */
std::string difference_bars(const std::vector<ConversationLoss>& losses, LossUnit unit) {
  std::vector<double> differences;
  for (const ConversationLoss& loss : losses)
    if (loss.num_tokens > 0) differences.push_back(difference_of(loss, unit));
  if (differences.empty()) return "";
  std::sort(differences.begin(), differences.end());
  constexpr std::size_t kMaxBars = 240;  // more are thinned evenly
  constexpr double kLeft = 10, kMiddle = 70, kHighest = 62;
  const std::size_t num_bars = std::min(kMaxBars, differences.size());
  const double extreme = std::max({1e-9, std::abs(differences.front()), std::abs(differences.back())});
  const double width = (kPlotWidth - 2 * kLeft) / static_cast<double>(num_bars);
  Svg svg(kPlotWidth, 140);
  svg.line("class=\"zero\"", kLeft, kMiddle, kPlotWidth - kLeft, kMiddle);
  for (std::size_t i = 0; i < num_bars; ++i) {
    const double difference = differences[i * differences.size() / num_bars];
    const double height = kHighest * std::abs(difference) / extreme;
    svg.rectangle(difference < 0 ? "class=\"better\"" : "class=\"worse\"", kLeft + width * static_cast<double>(i),
                  difference < 0 ? kMiddle : kMiddle - height, std::max(0.5, width - 1), height);
  }
  return svg.element("Loss difference of each conversation, sorted") +
         "<p class=\"soft\">Conversations, sorted: below the line the candidate is better.</p>";
}

/** Losses per token are left out where the models have different tokens. */
void add_summary(HtmlTable& table, const std::string& name, const LossSummary& summary, LossUnit unit) {
  const auto change = [](double base, double candidate, int digits) {
    return fmt::format("{:.{}f} → {:.{}f}", base, digits, candidate, digits);
  };
  std::vector<std::string> cells{escape_markup(name), std::to_string(summary.num_conversations),
                                 std::to_string(summary.num_tokens)};
  if (unit == LossUnit::token) {
    cells.push_back(change(summary.base_loss, summary.candidate_loss, 4));
    cells.push_back(change(summary.base_perplexity, summary.candidate_perplexity, 2));
  }
  cells.push_back(change(summary.base_bits_per_byte, summary.candidate_bits_per_byte, 3));
  cells.push_back(signed_number(in_report_unit(summary.difference, unit)));
  cells.push_back(interval_text(in_report_unit(summary.interval, unit)));
  table.add(cells);
}

constexpr const char* kReportStyle = R"(
.note{border-left:.5rem solid var(--amber);padding:.4rem 1.2rem}
.verdict{border-left:.5rem solid;padding:.8rem 1.2rem;background:var(--shade);margin:1.2rem 0}
.verdict b{display:block;font-size:1.9rem;letter-spacing:.02em}.deploy{border-color:var(--green)}.deploy b{color:var(--green)}
.do_not{border-color:var(--red)}.do_not b{color:var(--red)}.not_enough_data{border-color:var(--amber)}.not_enough_data b{color:var(--amber)}
svg{width:100%;height:auto;overflow:visible}svg text{fill:var(--text);font:13px system-ui,sans-serif}
@media (max-width:40rem){svg text{font-size:22px}}
line{stroke-width:3}.zero{stroke:var(--soft);stroke-width:1}line.better{stroke:var(--green)}line.worse{stroke:var(--red)}line.open{stroke:var(--amber)}
circle.better,rect.better{fill:var(--green)}circle.worse,rect.worse{fill:var(--red)}circle.open{fill:var(--amber)}details{margin:.5rem 0}
)";

const char* verdict_class(Verdict verdict) {
  return verdict == Verdict::deploy ? "deploy" : verdict == Verdict::do_not ? "do_not" : "not_enough_data";
}

const char* truncation_mark(const Completion& completion) {
  return completion.finish_reason == FinishReason::length ? " <span class=\"soft\">[truncated]</span>" : "";
}

std::string answer_table(const std::vector<AnswerPair>& answers) {
  HtmlTable table({{"question", true}, {"base", true}, {"candidate", true}}, HtmlTable::Narrow::lists);
  for (const AnswerPair& pair : answers) {
    const Question& question = pair.question;
    std::string asked = fmt::format("<b>{}</b> <span class=\"soft\">{}</span>\n{}", escape_markup(question.id),
                                    escape_markup(question.language),
                                    question.messages.empty() ? "" : escape_markup(question.messages.back().content));
    if (!question.reference.empty())
      asked += "\n\n<span class=\"soft\">Reference: " + escape_markup(question.reference) + "</span>";
    table.add({asked, escape_markup(pair.base.text) + truncation_mark(pair.base),
               escape_markup(pair.candidate.text) + truncation_mark(pair.candidate)});
  }
  return table.html();
}

/** The ten conversations whose loss rose most; empty when none rose. */
std::string regression_table(std::vector<ConversationLoss> losses, LossUnit unit) {
  std::stable_sort(losses.begin(), losses.end(),
                   [&](const auto& a, const auto& b) { return difference_of(a, unit) > difference_of(b, unit); });
  if (losses.empty() || difference_of(losses.front(), unit) <= 0) return "";
  HtmlTable table({{"conversation"}, {"language"}, {"tokens"}, {"difference"}}, HtmlTable::Narrow::lists);
  for (std::size_t i = 0; i < std::min<std::size_t>(10, losses.size()) && difference_of(losses[i], unit) > 0; ++i)
    table.add({"<code>" + escape_markup(losses[i].id) + "</code>", escape_markup(losses[i].language),
               std::to_string(losses[i].num_tokens),
               signed_number(in_report_unit(difference_of(losses[i], unit), unit))});
  return table.html();
}

std::string language_table(const LossComparison& comparison) {
  std::vector<HtmlTable::Column> columns{{"base → candidate"}, {"conversations"}, {"tokens"}};
  if (comparison.unit == LossUnit::token) columns.insert(columns.end(), {{"loss"}, {"perplexity"}});
  columns.insert(columns.end(), {{"bits per byte"}, {"difference"}, {"95 % interval"}});
  HtmlTable table(columns, HtmlTable::Narrow::lists);
  add_summary(table, "all", comparison.overall, comparison.unit);
  for (const auto& [language, summary] : comparison.by_language) add_summary(table, language, summary, comparison.unit);
  return table.html();
}

std::string input_table(const Json& inputs) {
  HtmlTable table({{"file"}, {"sha256"}}, HtmlTable::Narrow::lists);
  for (const Json& input : inputs)
    table.add({"<code>" + escape_markup(input.value("path", "")) + "</code>",
               "<code>" + escape_markup(input.value("sha256", "")) + "</code>"});
  return table.html();
}

std::string method_words(const Evaluation& evaluation) {
  const std::string truncated = evaluation.num_truncated_conversations == 0
                                    ? std::string("No conversation was longer than the context.")
                                    : fmt::format("{0} {1} longer than the context and {1} truncated to it.",
                                                  counted(evaluation.num_truncated_conversations, "conversation"),
                                                  was_or_were(evaluation.num_truncated_conversations));
  const bool is_per_token = evaluation.comparison.unit == LossUnit::token;
  const std::string unpaired = evaluation.num_unpaired_conversations == 0
                                   ? std::string()
                                   : fmt::format(
                                         " {} {} not compared, because one of the models cannot read {} as a whole, or "
                                         "its chat template marks other text as "
                                         "the answers or renders their prompts otherwise.",
                                         counted(evaluation.num_unpaired_conversations, "conversation"),
                                         is_or_are(evaluation.num_unpaired_conversations),
                                         evaluation.num_unpaired_conversations == 1 ? "it" : "them");
  return fmt::format(
      "Both models score the answers of the same held-out conversations, token by token, in the same precision; the "
      "loss is the mean negative log-probability of an answer token (end of turn included), bits per byte counts the "
      "UTF-8 bytes of the answers' contents. {}The interval is a paired percentile bootstrap: {} resamples of whole "
      "conversations, seed "
      "{}. DEPLOY needs the whole interval below 0, DO NOT DEPLOY the whole interval above; otherwise, or with fewer "
      "than {} conversations, the result is inconclusive. {}{}",
      is_per_token ? ""
                   : "Tokenizer or chat template differ, so the models are compared per byte of the answers, and "
                     "differences are in bits per byte. ",
      kBootstrapResamples, evaluation.seed, evaluation.min_conversations, truncated, unpaired);
}

}  // namespace

std::string verdict_sentence(const Evaluation& evaluation) {
  const LossSummary& overall = evaluation.comparison.overall;
  if (overall.num_conversations < evaluation.min_conversations) {
    const std::int64_t num_excluded = evaluation.overlap.num_excluded;
    const std::string excluded = num_excluded == 0
                                     ? ""
                                     : fmt::format(" ({} more {} left out: a model was trained on {})", num_excluded,
                                                   is_or_are(num_excluded), num_excluded == 1 ? "it" : "them");
    return fmt::format("{} {} compared{}; a verdict needs at least {}.",
                       counted(overall.num_conversations, "conversation"), was_or_were(overall.num_conversations),
                       excluded, evaluation.min_conversations);
  }
  const bool is_per_token = evaluation.comparison.unit == LossUnit::token;
  const std::string losses =
      is_per_token
          ? fmt::format("loss {:.4f} → {:.4f} nats per token", overall.base_loss, overall.candidate_loss)
          : fmt::format("{:.4f} → {:.4f} bits per byte", overall.base_bits_per_byte, overall.candidate_bits_per_byte);
  const LossUnit unit = evaluation.comparison.unit;
  const std::string numbers = fmt::format("{}, difference {}, 95 % interval {}", losses,
                                          signed_number(in_report_unit(overall.difference, unit)),
                                          interval_text(in_report_unit(overall.interval, unit)));
  switch (evaluation.verdict) {
    case Verdict::deploy:
      return "The candidate is better on held-out answers: " + numbers + ".";
    case Verdict::do_not:
      return "The candidate is worse on held-out answers: " + numbers + ".";
    case Verdict::not_enough_data:
      break;
  }
  return "The interval contains 0, so the result is inconclusive: " + numbers + ".";
}

std::string mismatch_list(const std::vector<std::string>& mismatches) {
  std::string list;
  for (const std::string& mismatch : mismatches) list += (list.empty() ? "" : "; ") + mismatch;
  return list;
}

std::string overlap_sentence(const TrainedOverlap& overlap) {
  std::string unknown;
  if (!overlap.is_known)
    unknown = fmt::format("The candidate {}: {} conversations may be among them.",
                          overlap.has_index ? "has an incomplete index of the records that it was trained on, because "
                                              "what it was trained from had none"
                                            : "has no index of the records that it was trained on",
                          overlap.num_excluded > 0 ? "the other" : "these");
  if (overlap.num_excluded > 0) {
    std::string names;
    for (const std::string& name : overlap.first_excluded) names += (names.empty() ? "" : ", ") + name;
    const bool names_all = overlap.num_excluded == static_cast<std::int64_t>(overlap.first_excluded.size());
    return fmt::format("{} {} left out because a model was trained on {}: {}{}.{}{}",
                       counted(overlap.num_excluded, "conversation"), is_or_are(overlap.num_excluded),
                       overlap.num_excluded == 1 ? "it" : "them", names, names_all ? "" : ", …",
                       unknown.empty() ? "" : " ", unknown);
  }
  return unknown;
}

std::string duplicate_sentence(const TrainedOverlap& overlap) {
  if (overlap.num_duplicates == 0) return "";
  return fmt::format(
      "{} {} left out: each distinct conversation, by its tokens up to the last answer, is compared once.",
      counted(overlap.num_duplicates, "duplicate conversation"), is_or_are(overlap.num_duplicates));
}

std::string merged_sentence(const Evaluation& evaluation) {
  if (evaluation.num_merged_records == 0) return "";
  return fmt::format("{} {} the id of another one: the records of a conversation count as one.",
                     counted(evaluation.num_merged_records, "record"),
                     evaluation.num_merged_records == 1 ? "has" : "have");
}

std::string selection_sentence(const Evaluation& evaluation) {
  if (evaluation.overlap.num_selection == 0) return "";
  return fmt::format(
      "{} of the {} {} the validation data that selected the candidate's checkpoint, so the verdict favors it; judge "
      "it "
      "on conversations that its training never read.",
      evaluation.overlap.num_selection, counted(evaluation.losses.size(), "conversation"),
      was_or_were(evaluation.losses.size()));
}

Json scores_json(const Evaluation& evaluation) {
  Json scores;
  scores["format"] = 1;
  scores["verdict"] = verdict_words(evaluation.verdict);
  scores["exit_status"] = verdict_status(evaluation.verdict);
  scores["reason"] = verdict_sentence(evaluation);
  scores["model"] = evaluation.model;
  scores["candidate"] = evaluation.candidate;
  scores["adapter"] = evaluation.is_adapter ? Json(evaluation.candidate) : Json(nullptr);
  scores["description"] = evaluation.model_description;
  if (!evaluation.is_adapter) scores["candidate_description"] = evaluation.candidate_description;
  scores["mismatches"] = evaluation.mismatches;
  scores["unit"] = name_of(evaluation.comparison.unit);
  scores["min_conversations"] = evaluation.min_conversations;
  scores["signature"] =
      fmt::format("loss:nats-per-answer-{}|interval:paired-bootstrap-percentile-95|units:conversations|bs:{}|seed:{}",
                  name_of(evaluation.comparison.unit), kBootstrapResamples, evaluation.seed);
  scores["overall"] = summary_json(evaluation.comparison.overall);
  for (const auto& [language, summary] : evaluation.comparison.by_language)
    scores["by_language"][language] = summary_json(summary);
  const TrainedOverlap& overlap = evaluation.overlap;
  scores["training_data"] = {{"known", overlap.is_known},
                             {"excluded_conversations", overlap.num_excluded},
                             {"first_excluded", overlap.first_excluded},
                             {"selection_conversations", overlap.num_selection}};
  scores["is_selection_split"] = overlap.num_selection > 0;
  scores["num_duplicate_conversations"] = overlap.num_duplicates;
  scores["num_merged_records"] = evaluation.num_merged_records;
  scores["unpaired_conversations"] = evaluation.num_unpaired_conversations;
  scores["truncated_conversations"] = evaluation.num_truncated_conversations;
  scores["conversations"] = Json::array();
  for (const ConversationLoss& loss : evaluation.losses)
    scores["conversations"].push_back({{"id", loss.id},
                                       {"language", loss.language},
                                       {"tokens", loss.num_tokens},
                                       {"candidate_tokens", loss.num_candidate_tokens},
                                       {"bytes", loss.num_bytes},
                                       {"base_loss_sum", loss.base_loss},
                                       {"candidate_loss_sum", loss.candidate_loss}});
  scores["answers"] = Json::array();
  for (const AnswerPair& pair : evaluation.answers)
    scores["answers"].push_back({{"id", pair.question.id},
                                 {"language", pair.question.language},
                                 {"base", pair.base.text},
                                 {"base_finish_reason", name_of(pair.base.finish_reason)},
                                 {"candidate", pair.candidate.text},
                                 {"candidate_finish_reason", name_of(pair.candidate.finish_reason)}});
  scores["inputs"] = evaluation.inputs;
  return scores;
}

std::string html_report(const Evaluation& evaluation) {
  const char* verdict = verdict_words(evaluation.verdict);
  std::string page =
      html_head(fmt::format("{}: base vs. candidate", verdict), std::string(kReportStyle) + list_table_css());
  if (!evaluation.mismatches.empty())
    page += "<p class=\"note\"><b>Not judged as it was trained.</b> The candidate: " +
            escape_markup(mismatch_list(evaluation.mismatches)) + ".</p>\n";
  page += fmt::format(
      "<h1>Base vs. candidate</h1><p class=\"soft\">base <code>{}</code> ({})<br>candidate{} "
      "<code>{}</code>{}{}</p>\n"
      "<div class=\"verdict {}\"><b>{}</b>{}</div>\n",
      escape_markup(evaluation.model), escape_markup(evaluation.model_description),
      evaluation.is_adapter ? ": the same with adapter" : "", escape_markup(evaluation.candidate),
      evaluation.is_adapter ? "" : " (" + escape_markup(evaluation.candidate_description) + ")",
      evaluation.date.empty() ? "" : "<br>evaluated on " + escape_markup(evaluation.date),
      verdict_class(evaluation.verdict), verdict, escape_markup(verdict_sentence(evaluation)));
  for (const std::string& note : {overlap_sentence(evaluation.overlap), duplicate_sentence(evaluation.overlap),
                                  merged_sentence(evaluation), selection_sentence(evaluation)})
    if (!note.empty()) page += "<p class=\"note\">" + escape_markup(note) + "</p>\n";
  page += "<h2>Loss difference, by language</h2>" + forest_plot(evaluation.comparison) +
          language_table(evaluation.comparison);
  page += "<h2>All conversations</h2>" + difference_bars(evaluation.losses, evaluation.comparison.unit);
  if (const std::string regressions = regression_table(evaluation.losses, evaluation.comparison.unit);
      !regressions.empty())
    page += "<details><summary>The conversations with the largest increase in loss</summary>" + regressions +
            "</details>\n";
  if (!evaluation.answers.empty()) page += "<h2>Answers side by side</h2>" + answer_table(evaluation.answers);
  page += "<h2>Method</h2><p>" + method_words(evaluation) + "</p>\n";
  page += "<h2>Inputs</h2>" + input_table(evaluation.inputs);
  return page + html_tail();
}

}  // namespace intelia
