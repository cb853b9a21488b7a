#include "cli/line_editor.hpp"

#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "cli/terminal.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

constexpr int kHistoryLines = 1000;
constexpr wchar_t kPasteEnd[] = L"\x1b[201~";

std::wstring wide(std::string_view text) {
  std::wstring out;
  for (std::size_t position = 0, length = 0; position < text.size(); position += length)
    out += static_cast<wchar_t>(code_point_at(text, position, length));
  return out;
}

std::string narrow(std::wstring_view text) {
  std::string out;
  for (const wchar_t c : text) append_code_point(out, static_cast<char32_t>(c));
  return out;
}

/** libedit asks the locale for the bytes and the width of a character: while one exists, this thread's is UTF-8. */
class Utf8Locale {
 public:
  explicit Utf8Locale(locale_t locale) : before_(::uselocale(locale)) {}
  ~Utf8Locale() { ::uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t before_;
};

}  // namespace

struct LineEditor::State {
  std::FILE* out;
  std::vector<std::string> words;
  locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  EditLine* editor = nullptr;
  HistoryW* history = nullptr;
  std::wstring prompt;
  const StopFlag* stop = nullptr;
  winsize size{};
  int unread = -1;  // a byte that does not continue the character before it; -1: none
  bool is_interrupted = false;
  std::string typed;  // when it was interrupted

  ~State() {
    echo(true);
    const Utf8Locale scope(locale);
    if (editor != nullptr) ::el_end(editor);
    if (history != nullptr) ::history_wend(history);
    if (locale != nullptr) ::freelocale(locale);
  }

  static State& of(EditLine* editor) {
    void* state = nullptr;
    ::el_wget(editor, EL_CLIENTDATA, &state);
    return *static_cast<State*>(state);
  }

  static wchar_t* prompt_of(EditLine* editor) { return of(editor).prompt.data(); }

  /** What is typed between two lines is not shown: it would stand within what is shown then. */
  static void echo(bool shows) {
    termios settings{};
    if (::tcgetattr(STDIN_FILENO, &settings) != 0) return;
    settings.c_lflag = shows ? settings.c_lflag | ECHO : settings.c_lflag & ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
  }

  /** Whether the terminal marks where what is pasted begins and ends (bracketed paste). */
  void mark_pastes(bool marks) const {
    if (!is_dumb_terminal()) std::fputs(marks ? "\x1b[?2004h" : "\x1b[?2004l", out);
    std::fflush(out);
  }

  /** Redraws after the window has another size. */
  void follow_window() {
    winsize now{};
    if (::ioctl(::fileno(out), TIOCGWINSZ, &now) != 0 || (now.ws_col == size.ws_col && now.ws_row == size.ws_row))
      return;
    size = now;
    ::el_resize(editor);
    ::el_wset(editor, EL_REFRESH);
  }

  /** The next byte; -1 at the end, or when a signal came. */
  int read_byte() {
    for (;;) {
      if (stop->is_set()) return -1;
      pollfd request{STDIN_FILENO, POLLIN, 0};
      const int num_ready = ::poll(&request, 1, /*timeout_ms=*/100);
      if (num_ready == 0) follow_window();
      if (num_ready <= 0) continue;
      unsigned char byte = 0;
      const ssize_t num_read = ::read(STDIN_FILENO, &byte, 1);
      if (num_read == 1) return byte;
      if (num_read < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      return -1;
    }
  }

  /** The next character; nothing at the end, or when a signal came. */
  std::optional<wchar_t> read_character() {
    std::string bytes;
    std::size_t expected = 1;
    while (bytes.size() < expected) {
      const int kept = std::exchange(unread, -1);
      const int byte = kept >= 0 ? kept : read_byte();
      if (byte < 0) return std::nullopt;
      if (byte == 0) continue;  // libedit takes it for the beginning of a key sequence
      if (!bytes.empty() && (byte & 0xC0) != 0x80) {
        unread = byte;
        break;
      }
      if (bytes.empty()) expected = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
      bytes += static_cast<char>(byte);
    }
    std::string repaired;
    std::size_t length = 0;
    return static_cast<wchar_t>(code_point_at(as_valid_utf8(bytes, repaired), 0, length));
  }

  static int read_key(EditLine* editor, wchar_t* key) {
    State& state = of(editor);
    std::optional<wchar_t> character = state.read_character();
    if (!character && state.stop->take(SIGINT)) character = L'\x03';
    *key = character.value_or(0);
    return character ? 1 : 0;
  }

  static unsigned char interrupt(EditLine* editor, wint_t) {
    State& state = of(editor);
    const LineInfoW* line = ::el_wline(editor);
    state.typed = narrow({line->buffer, static_cast<std::size_t>(line->lastchar - line->buffer)});
    state.is_interrupted = true;
    return CC_EOF;
  }

  static unsigned char suspend(EditLine* editor, wint_t) {
    State& state = of(editor);
    ::el_wset(editor, EL_PREP_TERM, 0);
    state.mark_pastes(false);
    echo(true);
    ::raise(SIGTSTP);
    echo(false);
    state.mark_pastes(true);
    ::el_wset(editor, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
  }

  /** Inserts what the terminal pastes, up to the end mark, newlines included. */
  static unsigned char paste(EditLine* editor, wint_t) {
    State& state = of(editor);
    const std::wstring_view end = kPasteEnd;
    std::wstring text;
    while (!text.ends_with(end)) {
      const std::optional<wchar_t> c = state.read_character();
      if (c == L'\x03' || (!c && state.stop->take(SIGINT))) {  // the end mark may never come
        ::el_winsertstr(editor, text.c_str());
        return interrupt(editor, 0);
      }
      if (!c) return CC_EOF;
      text += *c == L'\r' ? L'\n' : *c;
    }
    text.resize(text.size() - end.size());
    return ::el_winsertstr(editor, text.c_str()) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
  }

  static unsigned char complete(EditLine* editor, wint_t) {
    const LineInfoW* line = ::el_wline(editor);
    const std::string begun = narrow({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
    std::string found;
    for (const std::string& word : of(editor).words) {
      if (begun.empty() || !word.starts_with(begun)) continue;
      if (!found.empty()) return CC_REFRESH_BEEP;
      found = word;
    }
    if (found.empty()) return CC_REFRESH_BEEP;
    return ::el_winsertstr(editor, wide(found.substr(begun.size()) + ' ').c_str()) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
  }

  void bind(const wchar_t* key, const wchar_t* name, const wchar_t* help,
            unsigned char (*function)(EditLine*, wint_t)) {
    ::el_wset(editor, EL_ADDFN, name, help, function);
    ::el_wset(editor, EL_BIND, key, name, nullptr);
  }
};

LineEditor::LineEditor(std::FILE* out, std::vector<std::string> words) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.out = out;
  state.words = std::move(words);
  const Utf8Locale scope(state.locale);
  state.editor = ::el_init("intelia", stdin, out, out);
  state.history = ::history_winit();
  if (state.editor == nullptr || state.history == nullptr)
    throw Error(Kind::io, "cannot set up the terminal: " + system_message(errno));
  HistEventW event;
  ::history_w(state.history, &event, H_SETSIZE, kHistoryLines);
  ::history_w(state.history, &event, H_SETUNIQUE, 1);
  ::el_wset(state.editor, EL_CLIENTDATA, &state);
  ::el_wset(state.editor, EL_EDITOR, L"emacs");
  ::el_wset(state.editor, EL_HIST, ::history_w, state.history);
  ::el_wset(state.editor, EL_GETCFN, State::read_key);
  ::el_wset(state.editor, EL_PROMPT, State::prompt_of);
  ::el_wset(state.editor, EL_BIND, L"^R", L"em-inc-search-prev", nullptr);
  ::el_source(state.editor, nullptr);
  // Ctrl-C and Ctrl-Z arrive as keys, so that neither comes while the line is in disorder.
  ::el_wset(state.editor, EL_SETTY, L"-d", L"-isig", nullptr);
  ::el_wset(state.editor, EL_SETTY, L"-x", L"-echo", nullptr);
  state.bind(L"^C", L"intelia-interrupt", L"End the line", State::interrupt);
  state.bind(L"^Z", L"intelia-suspend", L"Stop the program", State::suspend);
  state.bind(L"\t", L"intelia-complete", L"Complete a word", State::complete);
  state.bind(L"\\e[200~", L"intelia-paste", L"Insert what is pasted", State::paste);
}

LineEditor::~LineEditor() = default;

LineEditor::End LineEditor::read(std::string_view prompt, std::string& line, const StopFlag& stop) {
  State& state = *state_;
  const Utf8Locale scope(state.locale);
  state.prompt = wide(prompt);
  state.stop = &stop;
  state.is_interrupted = false;
  state.typed.clear();
  ::ioctl(::fileno(state.out), TIOCGWINSZ, &state.size);
  state.mark_pastes(true);
  ::el_wset(state.editor, EL_PREP_TERM, 1);  // before the prompt: keys pressed at its sight are keys of the editor
  int num_read = 0;
  const wchar_t* const text = ::el_wgets(state.editor, &num_read);
  if (state.is_interrupted || text == nullptr || num_read <= 0)
    std::fputs(state.is_interrupted ? "^C\n" : "\n", state.out);
  state.mark_pastes(false);
  if (state.is_interrupted) {
    line = state.typed;
    return End::interrupted;
  }
  if (stop.signal_number() != SIGINT) stop.check("reading the terminal");
  line.clear();
  if (text == nullptr || num_read <= 0) return End::input;
  line = narrow({text, static_cast<std::size_t>(num_read)});
  if (line.ends_with('\n')) line.pop_back();
  return End::line;
}

void LineEditor::add_to_history(std::string_view line) {
  HistEventW event;
  ::history_w(state_->history, &event, H_ENTER, wide(line).c_str());
}

}  // namespace intelia
