// See blank_form.hpp.
#include "tokenizer/blank_form.hpp"

#include <vector>

namespace intelia {

namespace {

std::vector<JsonObject> parts_of(const JsonObject& file, const char* field, const char* list) {
  std::vector<JsonObject> parts;
  if (!is_null(file, field)) for_each_part(file[field], list, [&](const JsonObject& part) { parts.push_back(part); });
  return parts;
}

bool replaces_blanks(const JsonObject& part) {
  std::string_view pattern;
  return text_at(part, "type", "") == "Replace" && part["pattern"]["String"].get(pattern) == simdjson::SUCCESS &&
         pattern == " ";
}

/** Gemma splits at spaces after it has replaced all of them. */
bool cuts_at_blanks(const JsonObject& part) {
  std::string_view pattern;
  return text_at(part, "type", "") == "Split" && part["pattern"]["String"].get(pattern) == simdjson::SUCCESS &&
         pattern == " ";
}

std::optional<BlankForm> form_of_normalizers(const std::vector<JsonObject>& normalizers) {
  BlankForm form;
  if (!replaces_blanks(normalizers.back())) return std::nullopt;
  form.mark = text_at(normalizers.back(), "content", "");
  if (normalizers.size() == 1) return form;
  const JsonObject& first = normalizers.front();
  if (normalizers.size() != 2 || text_at(first, "type", "") != "Prepend" || text_at(first, "prepend", "") != form.mark)
    return std::nullopt;
  form.prefix = BlankForm::Prefix::always;
  return form;
}

std::optional<BlankForm> form_of_metaspace(const JsonObject& part) {
  if (text_at(part, "type", "") != "Metaspace") return std::nullopt;
  BlankForm form;
  form.mark = text_at(part, "replacement", "▁");
  form.splits = flag_at(part, "split", true);
  const std::string scheme =
      text_at(part, "prepend_scheme", flag_at(part, "add_prefix_space", true) ? "always" : "never");
  form.prefix = scheme == "always"  ? BlankForm::Prefix::if_missing
                : scheme == "first" ? BlankForm::Prefix::first
                                    : BlankForm::Prefix::never;
  return form;
}

}  // namespace

bool BlankForm::is_prefixed(std::string_view stretch, bool is_first) const {
  if (prefix == Prefix::never) return false;
  if (prefix == Prefix::always) return true;
  return !stretch.starts_with(' ') && !stretch.starts_with(mark) && (prefix == Prefix::if_missing || is_first);
}

std::optional<BlankForm> read_blank_form(const JsonObject& file) {
  const std::vector<JsonObject> normalizers = parts_of(file, "normalizer", "normalizers");
  const std::vector<JsonObject> pre_tokenizers = parts_of(file, "pre_tokenizer", "pretokenizers");
  std::optional<BlankForm> form;
  if (!normalizers.empty() &&
      (pre_tokenizers.empty() || (pre_tokenizers.size() == 1 && cuts_at_blanks(pre_tokenizers.front())))) {
    form = form_of_normalizers(normalizers);
  } else if (normalizers.empty() && pre_tokenizers.size() == 1) {
    form = form_of_metaspace(pre_tokenizers.front());
  }
  // Splitters support only this mark, which every published vocabulary uses.
  if (form && form->mark != "▁") return std::nullopt;
  return form;
}

}  // namespace intelia
