// Language tags as systems store them (fr, FR, fr-FR, fr_CA.UTF-8, fra, français) → one code. Pure text; lib/postgres
// says the same in SQL, from the names that stand here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia::extraction {

/**
 * The code that `tag` stands for: what precedes the first of "-_.@,;(/" and white space, in lower case (ASCII); for
 * French, English, Spanish and Portuguese two letters also where the tag is of ISO 639-2 (fra, fre) or the language's
 * name in one of the four (French, français, francés). Anything else, "deu" or "German", stays as it is but for case.
 */
std::string primary_language(std::string_view tag);

/** The whole tag in one form: lower case, '-' for '_', nothing after a '.' or '@': fr_CA.UTF-8 → "fr-ca". */
std::string language_range(std::string_view tag);

/**
 * The languages that are asked for. A wanted tag without region ("fr", "French") matches by primary_language; one with
 * a region ("pt-BR") matches that region and what is narrower; either matches a tag of the same bytes. None: all match.
 */
class WantedLanguages {
 public:
  explicit WantedLanguages(const std::vector<std::string>& wanted);

  bool match(std::string_view tag) const;

  /** Wanted codes without region, each once. */
  const std::vector<std::string>& codes() const { return codes_; }
  /** Wanted ranges with region ("pt-br"). */
  const std::vector<std::string>& ranges() const { return ranges_; }

 private:
  std::vector<std::string> wanted_, codes_, ranges_;
};

/** The other words for `code` in lower case. A letter with a '*' behind it may have an accent: it may be there or not,
   and up to two characters outside ASCII may follow it. */
std::vector<std::string> words_for_language(std::string_view code);

}  // namespace intelia::extraction
