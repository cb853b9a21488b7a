#include "extraction/language_tag.hpp"

#include <doctest/doctest.h>

using namespace intelia::extraction;

TEST_CASE("language names and tags map to one code") {
  for (const char* tag :
       {"fr",      "FR",      " fr ",    "fr-FR",           "fr_CA.UTF-8",    "fr@euro",       "fra",
        "fre",     "FRA",     "French",  "french (Canada)", "français",       "FRANÇAIS",      "Francais",
        "francés", "francês", "frances", "fr-FR,fr;q=0.9",  "franc\u0327ais", "franç\u0327ais"})
    CHECK_MESSAGE(primary_language(tag) == "fr", tag);
  for (const char* tag : {"en", "EN_us", "eng", "English", "anglais", "inglés", "Inglês", "INGLÉS"})
    CHECK_MESSAGE(primary_language(tag) == "en", tag);
  for (const char* tag : {"es", "es-419", "spa", "Spanish", "espagnol", "español", "espanhol", "castellano"})
    CHECK_MESSAGE(primary_language(tag) == "es", tag);
  for (const char* tag :
       {"pt", "pt-BR", "por", "Portuguese", "portugais", "Português", "portugués", "português do Brasil"})
    CHECK_MESSAGE(primary_language(tag) == "pt", tag);
  CHECK(primary_language("zh-Hans-CN") == "zh");
  CHECK(primary_language("deu") == "deu");
  CHECK(primary_language("German") == "german");
  CHECK(primary_language("frx") == "frx");
  CHECK(primary_language("franxais") == "franxais");
  CHECK(primary_language("") == "");
  CHECK(primary_language("-") == "");
}

TEST_CASE("selected languages") {
  const WantedLanguages any({}), french({"fr"}), by_name({"French", "ENG"}), brazilian({"pt-BR"}), german({"de"});
  CHECK(any.match("tlh"));
  CHECK(french.match("fr_CA.UTF-8"));
  CHECK_FALSE(french.match("fy"));
  CHECK_FALSE(french.match(""));
  CHECK(by_name.match("fr"));
  CHECK(by_name.match("en-GB"));
  CHECK(brazilian.match("pt-BR"));
  CHECK(brazilian.match("PT_br"));
  CHECK(brazilian.match("pt-BR-x-sul"));
  CHECK_FALSE(brazilian.match("pt"));
  CHECK_FALSE(brazilian.match("pt-BRA"));
  CHECK(german.match("de-AT"));
  CHECK_FALSE(german.match("deu"));
  CHECK(WantedLanguages({"odd') --"}).match("odd') --"));
}
