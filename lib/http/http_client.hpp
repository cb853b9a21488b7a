// One HTTP server, asked for JSON: timeouts, credentials, TLS verified, no redirects. libcurl is loaded when the first
// client is made, so that the program starts without it. It knows nothing of what is asked.
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

/** Reads "scheme://user:password@host/…" apart. `name` says in errors where it came from. Error{usage}, which never
   shows the text: it may hold a password. */
HttpServer parse_server(const std::string& text, const std::string& name);

/** What came back. */
struct HttpAnswer {
  int status = 0;  // 0: no answer
  std::string body;
  std::string problem;  // why there was none
  /** Whether asking again later may help: no answer, 408, 429, 5xx. */
  bool is_away() const { return status == 0 || status == 408 || status == 429 || status >= 500; }
};

class HttpClient {
 public:
  /** Error{usage} when libcurl is not installed. */
  explicit HttpClient(HttpServer server);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  /** `path` begins with a slash and may have a query. Not from two threads at once; `ends` set, it gives up within a
   * second. */
  HttpAnswer get(const std::string& path, const std::atomic<bool>& ends);
  HttpAnswer post(const std::string& path, const std::string& json, const std::atomic<bool>& ends);
  /** A file's bytes; it may take as long as they keep moving. */
  HttpAnswer put(const std::string& path, const std::string& bytes, const std::atomic<bool>& ends);
  const std::string& url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** `text` for a query, every byte but letters, digits and -._~ percent-encoded. */
std::string percent_encoded(const std::string& text);

}  // namespace intelia
