#include "http/http_client.hpp"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <cctype>
#include <memory>

#include "base/error.hpp"

namespace intelia {
namespace {

constexpr long kConnectMilliseconds = 3000;
constexpr long kAnswerMilliseconds = 10000;
constexpr long kSlowBytesPerSecond = 1, kSlowSeconds = 60;  // an upload that stalls this long is aborted
constexpr std::size_t kMaxAnswerBytes = 64 << 20;

/** The calls of libcurl that are used here, looked up in the library by name. */
struct Curl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_free) free;

  Curl() {
    void* library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) library = ::dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
      throw Error(Kind::usage, std::string("libcurl is missing: ") + ::dlerror() + "; install the package libcurl4");
    find(library, global_init, "curl_global_init");
    find(library, easy_init, "curl_easy_init");
    find(library, easy_setopt, "curl_easy_setopt");
    find(library, easy_perform, "curl_easy_perform");
    find(library, easy_getinfo, "curl_easy_getinfo");
    find(library, easy_reset, "curl_easy_reset");
    find(library, easy_strerror, "curl_easy_strerror");
    find(library, easy_cleanup, "curl_easy_cleanup");
    find(library, slist_append, "curl_slist_append");
    find(library, slist_free_all, "curl_slist_free_all");
    find(library, url, "curl_url");
    find(library, url_set, "curl_url_set");
    find(library, url_get, "curl_url_get");
    find(library, url_cleanup, "curl_url_cleanup");
    find(library, free, "curl_free");
    global_init(CURL_GLOBAL_DEFAULT);
  }

 private:
  template <class Call>
  void find(void* library, Call& call, const char* name) {
    call = reinterpret_cast<Call>(::dlsym(library, name));
    if (call == nullptr) throw Error(Kind::usage, std::string("this libcurl has no ") + name + "; install a newer one");
  }
};

const Curl& curl() {
  static const Curl library;
  return library;
}

/** One part of a parsed URL, decoded or raw; "" when it is absent. */
std::string part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl().url_get(url, part, &text, flags) != CURLUE_OK) return "";
  const std::string copy = text;
  curl().free(text);
  return copy;
}

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > kMaxAnswerBytes) return 0;
  text.append(bytes, size * count);
  return size * count;
}

int give_up(void* ends, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(ends)->load() ? 1 : 0;
}

}  // namespace

HttpServer parse_server(const std::string& text, const std::string& name) {
  const std::unique_ptr<CURLU, decltype(curl().url_cleanup)> url(curl().url(), curl().url_cleanup);
  if (curl().url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    throw Error(Kind::usage, name + " is not an address such as https://mlflow.example.com:5000");
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https")
    throw Error(Kind::usage, name + " begins with '" + scheme + "://'; expected http:// or https://");
  HttpServer server;
  server.user = part_of(url.get(), CURLUPART_USER, CURLU_URLDECODE);
  server.password = part_of(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    curl().url_set(url.get(), part, nullptr, 0);
  server.url = part_of(url.get(), CURLUPART_URL, 0);
  while (server.url.ends_with('/')) server.url.pop_back();
  return server;
}

struct HttpClient::State {
  explicit State(HttpServer of) : server(std::move(of)), handle(curl().easy_init()) {
    json_headers = curl().slist_append(nullptr, "Content-Type: application/json");
    file_headers = curl().slist_append(nullptr, "Content-Type: application/octet-stream");
    file_headers = curl().slist_append(file_headers, "Expect:");  // send the body without waiting for 100 Continue
  }
  ~State() {
    curl().slist_free_all(json_headers);
    curl().slist_free_all(file_headers);
    curl().easy_cleanup(handle);
  }

  enum class Method { get, post, put };

  HttpResponse ask(Method method, const std::string& path, const std::string& body, const std::atomic<bool>& ends) {
    HttpResponse response;
    char problem[CURL_ERROR_SIZE] = {};
    const auto set = [&](CURLoption option, auto value) { curl().easy_setopt(handle, option, value); };
    curl().easy_reset(handle);  // keeps the connection
    const std::string address = server.url + path;
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, kConnectMilliseconds);
    set(CURLOPT_ERRORBUFFER, problem);
    set(CURLOPT_WRITEFUNCTION, take_bytes);
    set(CURLOPT_WRITEDATA, &response.body);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, give_up);
    set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&ends));
    if (!server.authorities.empty()) set(CURLOPT_CAINFO, server.authorities.c_str());
    if (!server.token.empty()) {
      set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
      set(CURLOPT_XOAUTH2_BEARER, server.token.c_str());
    } else if (!server.user.empty()) {
      set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
      set(CURLOPT_USERNAME, server.user.c_str());
      set(CURLOPT_PASSWORD, server.password.c_str());
    }
    if (method == Method::put) {
      set(CURLOPT_LOW_SPEED_LIMIT, kSlowBytesPerSecond);
      set(CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
      set(CURLOPT_CUSTOMREQUEST, "PUT");
    } else {
      set(CURLOPT_TIMEOUT_MS, kAnswerMilliseconds);
    }
    if (method != Method::get) {
      set(CURLOPT_HTTPHEADER, method == Method::put ? file_headers : json_headers);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      set(CURLOPT_POSTFIELDS, body.c_str());
    }
    const CURLcode code = curl().easy_perform(handle);
    if (code == CURLE_OK) {
      long status = 0;
      curl().easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      response.status = static_cast<int>(status);
    } else {
      response.problem = *problem != 0 ? problem : curl().easy_strerror(code);
    }
    curl().easy_setopt(handle, CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    return response;
  }

  HttpServer server;
  CURL* handle;
  curl_slist *json_headers, *file_headers;
};

HttpClient::HttpClient(HttpServer server) : state_(std::make_unique<State>(std::move(server))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

HttpResponse HttpClient::get(const std::string& path, const std::atomic<bool>& ends) {
  return state_->ask(State::Method::get, path, "", ends);
}
HttpResponse HttpClient::post(const std::string& path, const std::string& json, const std::atomic<bool>& ends) {
  return state_->ask(State::Method::post, path, json, ends);
}
HttpResponse HttpClient::put(const std::string& path, const std::string& bytes, const std::atomic<bool>& ends) {
  return state_->ask(State::Method::put, path, bytes, ends);
}
const std::string& HttpClient::url() const { return state_->server.url; }

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~')
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", byte);
  }
  return encoded;
}

}  // namespace intelia
