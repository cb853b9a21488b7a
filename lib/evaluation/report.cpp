#include "evaluation/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

std::string interval_text(const Interval& interval) {
  if (!std::isfinite(interval.low)) return "not known";
  return fmt::format("{:+.4f} … {:+.4f}", interval.low, interval.high);
}

/** A forest plot: one line a group, its interval and mean against 0. */
std::string forest_plot(const LossComparison& comparison) {
  std::vector<std::pair<std::string, const LossSummary*>> rows{{"all", &comparison.overall}};
  for (const auto& [language, summary] : comparison.by_language) rows.emplace_back(language, &summary);
  double reach = 1e-6;
  for (const auto& [name, summary] : rows) {
    reach = std::max(reach, std::abs(summary->difference));
    if (std::isfinite(summary->interval.low))
      reach = std::max({reach, std::abs(summary->interval.low), std::abs(summary->interval.high)});
  }
  reach *= 1.1;
  constexpr double kLeft = 110, kWidth = 560, kRow = 34;
  const double height = kRow * static_cast<double>(rows.size()) + 46;
  const auto x = [&](double value) { return kLeft + kWidth * (value + reach) / (2 * reach); };
  std::string svg = fmt::format(
      R"(<svg viewBox="0 0 720 {0:.0f}" role="img" aria-label="Loss difference with 95 % intervals"><line x1="{1:.1f}" y1="8" x2="{1:.1f}" y2="{2:.0f}" class="zero"/>)",
      height, x(0), height - 34);
  double y = 24;
  for (const auto& [name, summary] : rows) {
    const char* side = summary->interval.high < 0 ? "better" : summary->interval.low > 0 ? "worse" : "open";
    svg += fmt::format(R"(<text x="{:.0f}" y="{:.1f}" text-anchor="end">{} ({})</text>)", kLeft - 14, y + 5,
                       escape_markup(name), summary->num_conversations);
    const double low = std::isfinite(summary->interval.low) ? summary->interval.low : -reach;
    const double high = std::isfinite(summary->interval.high) ? summary->interval.high : reach;
    svg += fmt::format(
        R"(<line class="{0}" x1="{1:.1f}" x2="{2:.1f}" y1="{3:.1f}" y2="{3:.1f}"/><circle class="{0}" cx="{4:.1f}" cy="{3:.1f}" r="5"/>)",
        side, x(low), x(high), y, x(summary->difference));
    y += kRow;
  }
  svg += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">0</text>)", x(0), height - 18);
  for (double tick : {-reach / 1.1, reach / 1.1})
    svg +=
        fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{:+.3f}</text>)", x(tick), height - 18, tick);
  svg += fmt::format(
      R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle" class="note">← candidate better · loss difference in nats a token · base better →</text></svg>)",
      kLeft + kWidth / 2, height - 2);
  return svg;
}

/** One bar a conversation, sorted by its mean loss difference. */
std::string difference_bars(const std::vector<ConversationLoss>& losses) {
  std::vector<double> differences;
  for (const ConversationLoss& loss : losses)
    if (loss.num_tokens > 0)
      differences.push_back((loss.candidate_loss - loss.base_loss) / static_cast<double>(loss.num_tokens));
  if (differences.empty()) return "";
  std::sort(differences.begin(), differences.end());
  constexpr std::size_t kMaxBars = 240;  // more are thinned evenly
  const std::size_t num_bars = std::min(kMaxBars, differences.size());
  double reach = std::max({1e-9, std::abs(differences.front()), std::abs(differences.back())});
  const double width = 700.0 / static_cast<double>(num_bars);
  std::string svg =
      R"(<svg viewBox="0 0 720 150" role="img" aria-label="Loss difference of each conversation, sorted"><line class="zero" x1="10" x2="710" y1="70" y2="70"/>)";
  for (std::size_t i = 0; i < num_bars; ++i) {
    const double difference = differences[i * differences.size() / num_bars];
    const double size = 62 * std::abs(difference) / reach;
    svg += fmt::format(R"(<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>)",
                       difference < 0 ? "better" : "worse", 10 + width * static_cast<double>(i),
                       difference < 0 ? 70 : 70 - size, std::max(0.5, width - 1), size);
  }
  svg +=
      R"(<text x="360" y="146" text-anchor="middle" class="note">conversations, sorted: below the line the candidate is better</text></svg>)";
  return svg;
}

std::string summary_row(const std::string& name, const LossSummary& summary) {
  return fmt::format(
      "<tr><th>{}</th><td>{}</td><td>{}</td><td>{:.4f} → {:.4f}</td><td>{:.2f} → {:.2f}</td><td>{:.3f} → {:.3f}</td>"
      "<td>{:+.4f}</td><td>{}</td></tr>\n",
      escape_markup(name), summary.num_conversations, summary.num_tokens, summary.base_loss, summary.candidate_loss,
      summary.base_perplexity, summary.candidate_perplexity, summary.base_bits_per_byte,
      summary.candidate_bits_per_byte, summary.difference, interval_text(summary.interval));
}

constexpr const char* kStyle = R"(
:root{--ink:#1c2127;--soft:#5b6672;--line:#d8dee5;--paper:#fff;--shade:#f5f7f9;--good:#1a7f4b;--bad:#b3362b;--open:#8a6d1d}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaee;--soft:#9aa6b2;--line:#39424c;--paper:#14181c;--shade:#1d2328;--good:#4cc38a;--bad:#f0796d;--open:#d9b44a}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:78rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}p{margin:.4rem 0}
.soft{color:var(--soft)}.verdict{border-left:.5rem solid;padding:.8rem 1.2rem;background:var(--shade);margin:1.2rem 0}
.verdict b{display:block;font-size:1.9rem;letter-spacing:.02em}.deploy{border-color:var(--good)}.deploy b{color:var(--good)}
.do_not{border-color:var(--bad)}.do_not b{color:var(--bad)}.not_enough_data{border-color:var(--open)}.not_enough_data b{color:var(--open)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}th:first-child{text-align:left}
td.words,th.words{text-align:left;white-space:pre-wrap;vertical-align:top;min-width:14rem}
svg{width:100%;height:auto}svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg .note{fill:var(--soft)}
line{stroke-width:3}.zero{stroke:var(--soft);stroke-width:1}line.better{stroke:var(--good)}line.worse{stroke:var(--bad)}line.open{stroke:var(--open)}
circle.better,rect.better{fill:var(--good)}circle.worse,rect.worse{fill:var(--bad)}circle.open{fill:var(--open)}
code{font-size:.85em;overflow-wrap:anywhere}details{margin:.5rem 0}
)";

const char* verdict_class(Verdict verdict) {
  return verdict == Verdict::deploy ? "deploy" : verdict == Verdict::do_not ? "do_not" : "not_enough_data";
}

std::string answer_rows(const std::vector<AnswerPair>& answers) {
  std::string rows;
  for (const AnswerPair& pair : answers) {
    const std::string question = pair.question.messages.empty() ? "" : pair.question.messages.back().content;
    rows += fmt::format(
        "<tr><td class=\"words\"><b>{}</b> <span class=\"soft\">{}</span>\n{}{}</td><td class=\"words\">{}{}</td>"
        "<td class=\"words\">{}{}</td></tr>\n",
        escape_markup(pair.question.id), escape_markup(pair.question.language), escape_markup(question),
        pair.question.reference.empty()
            ? ""
            : "\n\n<span class=\"soft\">Reference: " + escape_markup(pair.question.reference) + "</span>",
        escape_markup(pair.base), pair.base_is_cut ? " <span class=\"soft\">[cut]</span>" : "",
        escape_markup(pair.candidate), pair.candidate_is_cut ? " <span class=\"soft\">[cut]</span>" : "");
  }
  return rows;
}

std::string regression_rows(std::vector<ConversationLoss> losses) {
  const auto difference = [](const ConversationLoss& loss) {
    return loss.num_tokens == 0 ? 0 : (loss.candidate_loss - loss.base_loss) / static_cast<double>(loss.num_tokens);
  };
  std::stable_sort(losses.begin(), losses.end(),
                   [&](const auto& a, const auto& b) { return difference(a) > difference(b); });
  std::string rows;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, losses.size()) && difference(losses[i]) > 0; ++i)
    rows += fmt::format("<tr><th><code>{}</code></th><td>{}</td><td>{}</td><td>{:+.4f}</td></tr>\n",
                        escape_markup(losses[i].id), escape_markup(losses[i].language), losses[i].num_tokens,
                        difference(losses[i]));
  return rows;
}

}  // namespace

std::string verdict_sentence(const Evaluation& evaluation) {
  const LossSummary& overall = evaluation.comparison.overall;
  if (overall.num_conversations < evaluation.min_conversations)
    return fmt::format("{} conversations were compared; at least {} are needed to judge.", overall.num_conversations,
                       evaluation.min_conversations);
  const std::string numbers =
      fmt::format("loss {:.4f} → {:.4f} nats a token, difference {:+.4f}, 95 % interval {}", overall.base_loss,
                  overall.candidate_loss, overall.difference, interval_text(overall.interval));
  switch (evaluation.verdict) {
    case Verdict::deploy:
      return "The candidate is better on held-out answers: " + numbers + ".";
    case Verdict::do_not:
      return "The candidate is worse on held-out answers: " + numbers + ".";
    case Verdict::not_enough_data:
      break;
  }
  return "The interval holds 0, so these conversations cannot tell the two apart: " + numbers + ".";
}

Json scores_json(const Evaluation& evaluation) {
  Json scores;
  scores["format"] = 1;
  scores["verdict"] = verdict_words(evaluation.verdict);
  scores["exit_status"] = verdict_status(evaluation.verdict);
  scores["reason"] = verdict_sentence(evaluation);
  scores["model"] = evaluation.model;
  scores["adapter"] = evaluation.adapter;
  scores["description"] = evaluation.model_description;
  scores["min_conversations"] = evaluation.min_conversations;
  scores["signature"] = fmt::format(
      "loss:nats-per-answer-token|interval:paired-bootstrap-percentile-95|units:conversations|bs:{}|seed:{}",
      kBootstrapResamples, evaluation.seed);
  scores["overall"] = summary_json(evaluation.comparison.overall);
  for (const auto& [language, summary] : evaluation.comparison.by_language)
    scores["by_language"][language] = summary_json(summary);
  scores["cut_conversations"] = evaluation.num_cut_conversations;
  scores["conversations"] = Json::array();
  for (const ConversationLoss& loss : evaluation.losses)
    scores["conversations"].push_back({{"id", loss.id},
                                       {"language", loss.language},
                                       {"tokens", loss.num_tokens},
                                       {"bytes", loss.num_bytes},
                                       {"base_loss_sum", loss.base_loss},
                                       {"candidate_loss_sum", loss.candidate_loss}});
  scores["answers"] = Json::array();
  for (const AnswerPair& pair : evaluation.answers)
    scores["answers"].push_back({{"id", pair.question.id},
                                 {"language", pair.question.language},
                                 {"base", pair.base},
                                 {"base_is_cut", pair.base_is_cut},
                                 {"candidate", pair.candidate},
                                 {"candidate_is_cut", pair.candidate_is_cut}});
  scores["inputs"] = evaluation.inputs;
  return scores;
}

std::string html_report(const Evaluation& evaluation) {
  std::string languages;
  for (const auto& [language, summary] : evaluation.comparison.by_language) languages += summary_row(language, summary);
  const std::string regressions = regression_rows(evaluation.losses);
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>{0}: base against "
      "candidate</title><style>{1}</style></head><body>\n"
      "<h1>Base against candidate</h1><p class=\"soft\">base <code>{2}</code> ({3})<br>candidate: the same with "
      "adapter "
      "<code>{4}</code></p>\n<div class=\"verdict {5}\"><b>{0}</b>{6}</div>\n",
      verdict_words(evaluation.verdict), kStyle, escape_markup(evaluation.model),
      escape_markup(evaluation.model_description), escape_markup(evaluation.adapter), verdict_class(evaluation.verdict),
      escape_markup(verdict_sentence(evaluation)));
  page += "<h2>Loss difference, by language</h2>" + forest_plot(evaluation.comparison);
  page +=
      "<div class=\"scroll\"><table><thead><tr><th>base → candidate</th><th>conversations</th><th>tokens</th>"
      "<th>loss</th><th>perplexity</th><th>bits a byte</th><th>difference</th><th>95 % "
      "interval</th></tr></thead><tbody>\n" +
      summary_row("all", evaluation.comparison.overall) + languages + "</tbody></table></div>\n";
  page += "<h2>Every conversation</h2>" + difference_bars(evaluation.losses);
  if (!regressions.empty())
    page +=
        "<details><summary>The conversations where the candidate lost most</summary><div "
        "class=\"scroll\"><table><thead><tr>"
        "<th>conversation</th><th>language</th><th>tokens</th><th>difference</th></tr></thead><tbody>\n" +
        regressions + "</tbody></table></div></details>\n";
  if (!evaluation.answers.empty())
    page +=
        "<h2>Answers side by side</h2><div class=\"scroll\"><table><thead><tr><th class=\"words\">question</th>"
        "<th class=\"words\">base</th><th class=\"words\">candidate</th></tr></thead><tbody>\n" +
        answer_rows(evaluation.answers) + "</tbody></table></div>\n";
  page += fmt::format(
      "<h2>How this was judged</h2><p>Both models score the answers of the same held-out conversations, token by "
      "token, in the "
      "same precision; the loss is the mean negative log-probability of an answer token (end of turn included), bits a "
      "byte "
      "counts the answers' UTF-8 bytes. The interval is a paired percentile bootstrap: {} resamples of whole "
      "conversations, seed "
      "{}. DEPLOY needs the whole interval below 0, DO NOT DEPLOY the whole interval above; otherwise, or of fewer "
      "than {} "
      "conversations, the data cannot tell. {}</p>\n",
      kBootstrapResamples, evaluation.seed, evaluation.min_conversations,
      evaluation.num_cut_conversations == 0
          ? std::string("No conversation was longer than the context.")
          : fmt::format("{} conversations were longer than the context and are scored up to it.",
                        evaluation.num_cut_conversations));
  page += "<h2>Inputs</h2><div class=\"scroll\"><table><thead><tr><th>file</th><th>sha256</th></tr></thead><tbody>\n";
  for (const Json& input : evaluation.inputs)
    page += fmt::format("<tr><th><code>{}</code></th><td><code>{}</code></td></tr>\n",
                        escape_markup(input.value("path", "")), escape_markup(input.value("sha256", "")));
  page += "</tbody></table></div></body></html>\n";
  return page;
}

}  // namespace intelia
