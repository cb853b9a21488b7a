// Normalizes language tags (fr, FR, fr-FR, fr_CA.UTF-8, fra, français) to one code. lib/postgres does the same in SQL,
// from the names defined here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia::extraction {

/**
 * The code of `tag`: what precedes the first of "-_.@,;(/" and white space, in lower case (ASCII); for
 * French, English, Spanish and Portuguese two letters also where the tag is of ISO 639-2 (fra, fre) or the language's
 * name in one of the four (French, français, francés). Any other tag, such as "deu" or "German", is only lower-cased.
 */
std::string primary_language(std::string_view tag);

/** The whole tag, normalized: lower case, '-' for '_', nothing after a '.' or '@': fr_CA.UTF-8 → "fr-ca". */
std::string language_range(std::string_view tag);

/**
 * The selected languages. A tag without region ("fr", "French") matches by primary_language; one with
 * a region ("pt-BR") matches that region and narrower tags; both match an equal tag. Empty: all match.
 */
class WantedLanguages {
 public:
  explicit WantedLanguages(const std::vector<std::string>& wanted);

  bool match(std::string_view tag) const;

  /** Selected codes without region, without duplicates. */
  const std::vector<std::string>& codes() const { return codes_; }
  /** Selected tags with region ("pt-br"). */
  const std::vector<std::string>& ranges() const { return ranges_; }

 private:
  std::vector<std::string> wanted_, codes_, ranges_;
};

/** The other names of the language `code`, in lower case. A letter followed by '*' may have an accent: it is optional,
   and up to two characters outside ASCII may follow it. */
std::vector<std::string> words_for_language(std::string_view code);

}  // namespace intelia::extraction
