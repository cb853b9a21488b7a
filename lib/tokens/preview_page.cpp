#include "tokens/preview_page.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/counted.hpp"
#include "page/document.hpp"
#include "page/markup.hpp"
#include "record/json.hpp"
#include "record/json_line.hpp"
#include "text/visible_text.hpp"

namespace intelia {

namespace {

/** Adjacent tokens that are shown the same way. */
struct Span {
  std::size_t begin = 0, end = 0;  // tokens
  std::string text;
  bool is_trained = false, is_special = false, is_truncated = false;
  float weight = 1;  // of trained tokens

  std::string_view kind() const { return is_truncated ? "truncated" : is_trained ? "trained" : "context"; }
};

/** Whether spans `a` and `b` belong to one run: same kind and weight, control tokens or not. */
bool is_one_run(const Span& a, const Span& b) { return a.kind() == b.kind() && a.weight == b.weight; }

/** The weight of the run that span `i` begins, between `before` and `after`; empty where it is 1 or no run begins. */
std::string weight_mark(const std::vector<Span>& spans, std::size_t i, const char* before, const char* after) {
  if (spans[i].weight == 1 || (i > 0 && is_one_run(spans[i - 1], spans[i]))) return "";
  return fmt::format("{}{}{}", before, spans[i].weight, after);
}

std::vector<Span> spans_of(const PreviewPart& part, bool one_a_token) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < part.tokens.size(); ++i) {
    const PreviewToken& token = part.tokens[i];
    const bool is_trained = token.is_trained && !token.is_truncated;
    const float weight = is_trained ? token.weight : 1;
    const bool goes_on = !one_a_token && !token.is_special && !spans.empty() && !spans.back().is_special &&
                         spans.back().is_trained == is_trained && spans.back().is_truncated == token.is_truncated &&
                         spans.back().weight == weight;
    if (!goes_on) spans.push_back({i, i, "", is_trained, token.is_special, token.is_truncated, weight});
    spans.back().text += token.text;
    spans.back().end = i + 1;
  }
  return spans;
}

std::string counts_of(const PreviewPart& part) {
  const auto size = static_cast<std::int64_t>(part.tokens.size());
  std::string text = fmt::format("{}, {} trained", counted(size - part.num_truncated, "token"), part.num_trained);
  if (part.num_truncated > 0) text += fmt::format(", {} more truncated", part.num_truncated);
  return text;
}

// --- text -----------------------------------------------------------------------------------------------------------

constexpr const char* kReset = "\x1b[0m";

std::string color_of(const Span& span) {
  std::string color = span.is_truncated ? "\x1b[31;9m" : span.is_trained ? "\x1b[32m" : "\x1b[2m";
  if (span.is_special) color += "\x1b[7m";
  return color;
}

/** `text` between `before` and `after` on every line, so that pagers keep the colour. */
std::string on_each_line(const std::string& text, const std::string& before, const char* after) {
  std::string out = before;
  for (const char c : text) {
    if (c == '\n')
      out += std::string(after) + c + before;
    else
      out += c;
  }
  return out + after;
}

/** Without colours: {+trained+}, [-truncated-] as in word diffs, {0.5+trained with that weight+}, ⟨control token⟩. A
   run is marked once, its control tokens inside. */
std::string marked(const std::vector<Span>& spans) {
  std::string out;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Span& span = spans[i];
    const std::string_view kind = span.kind();
    const bool begins = i == 0 || !is_one_run(spans[i - 1], span);
    const bool ends = i + 1 == spans.size() || !is_one_run(span, spans[i + 1]);
    if (begins) out += kind == "trained" ? "{" + weight_mark(spans, i, "", "") + "+" : kind == "truncated" ? "[-" : "";
    const std::string text = visible(span.text);
    out += span.is_special ? "⟨" + text + "⟩" : text;
    if (ends) out += kind == "trained" ? "+}" : kind == "truncated" ? "-]" : "";
  }
  return out;
}

std::string id_table(const PreviewPart& part) {
  std::string out;
  for (std::size_t i = 0; i < part.tokens.size(); ++i) {
    const PreviewToken& token = part.tokens[i];
    std::string text;
    append_json_string(text, token.text);
    out += fmt::format("{:>7} {:>8} {:<9} {:<8} {}\n", i, token.id,
                       token.is_truncated  ? "truncated"
                       : !token.is_trained ? "context"
                       : token.weight == 1 ? "trained"
                                           : fmt::format("×{}", token.weight),
                       token.is_special ? "special" : "", visible(text));
  }
  return out;
}

std::string text_record(const PreviewStyle& style, const PreviewRecord& record) {
  std::string out;
  for (const PreviewPart& part : record.parts) {
    std::string head = record.where + " " + part.name;
    if (!record.id.empty()) head += " " + visible(record.id);
    head += ": " + counts_of(part) + (part.note.empty() ? "" : "; " + part.note);
    out += style.uses_color ? "\x1b[1m" + head + kReset + "\n" : head + "\n";
    const std::vector<Span> spans = spans_of(part, false);
    if (style.uses_color) {
      for (std::size_t i = 0; i < spans.size(); ++i)
        out += weight_mark(spans, i, "\x1b[33m×", kReset) +
               on_each_line(visible(spans[i].text), color_of(spans[i]), kReset);
    } else {
      out += marked(spans);
    }
    if (out.back() != '\n') out += '\n';
    if (style.shows_ids) out += id_table(part);
    out += '\n';
  }
  return out;
}

// --- JSON -----------------------------------------------------------------------------------------------------------

Json json_of(const PreviewPart& part, bool shows_ids) {
  const auto size = static_cast<std::int64_t>(part.tokens.size());
  Json json{{"name", part.name},
            {"tokens", size - part.num_truncated},
            {"trained", part.num_trained},
            {"truncated", part.num_truncated}};
  if (!part.note.empty()) json["note"] = part.note;
  json["spans"] = Json::array();
  for (const Span& span : spans_of(part, false)) {
    Json entry{{"kind", span.kind()}};
    if (span.is_special) entry["special"] = true;
    if (span.weight != 1) entry["weight"] = std::stod(fmt::format("{}", span.weight));
    entry["text"] = span.text;
    for (std::size_t i = span.begin; shows_ids && i < span.end; ++i) entry["ids"].push_back(part.tokens[i].id);
    json["spans"].push_back(std::move(entry));
  }
  return json;
}

std::string json_record(const PreviewStyle& style, const PreviewRecord& record) {
  Json json{{"line", record.line}};
  if (!record.id.empty()) json["id"] = record.id;
  json["parts"] = Json::array();
  for (const PreviewPart& part : record.parts) json["parts"].push_back(json_of(part, style.shows_ids));
  return json_line(json);
}

// --- HTML -----------------------------------------------------------------------------------------------------------

/** Trained text is underlined and truncated text struck through, so that the page can be read without its colours. */
constexpr const char* kPreviewStyle = R"(
body{max-width:60rem}h2{font-size:1rem;margin:2rem 0 .3rem}section p,.legend{color:var(--soft);margin:.2rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:6px;padding:.8rem;font:14px/1.6 ui-monospace,monospace}
.context{color:var(--soft)}.truncated{color:var(--red);text-decoration:line-through}
.trained{color:var(--text);background:var(--green-shade);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:3px}
.special{border:1px solid;border-radius:4px;padding:0 .25em;font-size:.85em}
sub{color:var(--soft);font-size:.65em;margin-right:.2em}
)";

std::string html_start(const std::string& title) {
  return html_head(title, kPreviewStyle) +
         fmt::format(
             "<h1>{}</h1>\n<p class=\"legend\">Legend: <span class=\"context\">context</span>, <span "
             "class=\"trained\">trained</span>, <span class=\"truncated\">truncated</span>, <span "
             "class=\"special\">control "
             "token</span>.</p>\n",
             escape_markup(title));
}

std::string html_record(const PreviewStyle& style, const PreviewRecord& record) {
  std::string out;
  for (const PreviewPart& part : record.parts) {
    const std::string id = record.id.empty() ? "" : " " + visible(record.id);
    out += fmt::format("<section><h2>{} {}{}</h2>\n<p>{}{}</p>\n<pre dir=\"auto\">", escape_markup(record.where),
                       part.name, escape_markup(id), counts_of(part),
                       part.note.empty() ? "" : "; " + escape_markup(part.note));
    const std::vector<Span> spans = spans_of(part, style.shows_ids);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const Span& span = spans[i];
      out += weight_mark(spans, i, "<sub>×", "</sub>");
      out += fmt::format("<span class=\"{}{}\">{}</span>", span.kind(), span.is_special ? " special" : "",
                         escape_markup(visible(span.text)));
      if (style.shows_ids) out += fmt::format("<sub>{}</sub>", part.tokens[span.begin].id);
    }
    out += "</pre></section>\n";
  }
  return out;
}

}  // namespace

std::string preview_head(const PreviewStyle& style, const std::string& title) {
  if (style.format == PreviewFormat::html) return html_start(visible(title));
  if (style.format == PreviewFormat::json) return "";
  if (!style.uses_color) return "{+trained+} [-truncated-] ⟨control token⟩\n\n";
  const Span context{}, trained{0, 0, "", true}, truncated{0, 0, "", false, false, true},
      special{0, 0, "", false, true};
  std::string out;
  for (const auto& [span, name] :
       {std::pair(context, "context"), {trained, "trained"}, {truncated, "truncated"}, {special, "control token"}})
    out += color_of(span) + name + kReset + " ";
  return out + "\n\n";
}

std::string preview_record(const PreviewStyle& style, const PreviewRecord& record) {
  switch (style.format) {
    case PreviewFormat::text:
      return text_record(style, record);
    case PreviewFormat::json:
      return json_record(style, record);
    case PreviewFormat::html:
      break;
  }
  return html_record(style, record);
}

std::string preview_tail(const PreviewStyle& style) { return style.format == PreviewFormat::html ? html_tail() : ""; }

}  // namespace intelia
