// An HTTP client for one server that speaks JSON: timeouts, credentials, verified TLS, no redirects. libcurl is loaded
// with the first client, so that the program starts without it. Knows no API.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace intelia {

struct HttpServer {
  std::string url;  // "https://host:port/prefix": without credentials, without a slash at the end
  std::string user, password, token;
  std::filesystem::path authorities;  // certificates to trust instead of the system's
};

/** Parses "scheme://user:password@host/…". `name` says in errors where it came from. Error{usage}, which never shows
   the text: it may hold a password. */
HttpServer parse_server(const std::string& text, const std::string& name);

/** The response. */
struct HttpResponse {
  int status = 0;  // 0: no response
  std::string body;
  std::string problem;  // why there was no response
  /** Whether retrying later may help: no response, 408, 429, 5xx. */
  bool is_retryable() const { return status == 0 || status == 408 || status == 429 || status >= 500; }
};

class HttpClient {
 public:
  /** Error{usage} when libcurl is not installed. */
  explicit HttpClient(HttpServer server);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  /** `path` begins with a slash and may have a query. Not thread-safe. Aborts within a second once `ends` is set. */
  HttpResponse get(const std::string& path, const std::atomic<bool>& ends);
  HttpResponse post(const std::string& path, const std::string& json, const std::atomic<bool>& ends);
  /** Uploads a file's bytes; may take as long as data keeps flowing. */
  HttpResponse put(const std::string& path, const std::string& bytes, const std::atomic<bool>& ends);
  const std::string& url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** `text` for a query, every byte except letters, digits and -._~ percent-encoded. */
std::string percent_encoded(const std::string& text);

}  // namespace intelia
