#include "base/held_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <utility>

#include "base/error.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** `path` as an absolute path without "." and repeated or trailing slashes; links and ".." stay, since a link before
    ".." leads elsewhere. Empty when the current folder was removed. */
std::string plain_absolute(const fs::path& path) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(path.empty() ? fs::path(".") : path, failure);
  if (failure) return "";
  std::string plain;
  for (const fs::path& part : absolute.relative_path())
    if (!part.empty() && part != ".") plain += "/" + part.string();
  return plain;
}

std::string place_of_descriptor(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

bool is_same(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

bool is_same_folder(int a, int b) {
  struct stat status_a {
  }, status_b{};
  return ::fstat(a, &status_a) == 0 && ::fstat(b, &status_b) == 0 && is_same(status_a, status_b);
}

/** Which folders this process holds; a plug-in replaces them by those of the program. */
HeldFolders*& current_folders() {
  static HeldFolders own;
  static HeldFolders* current = &own;
  return current;
}

}  // namespace

HeldFolders::Handle HeldFolders::add(const fs::path& folder, bool may_be_link) {
  const std::string path = plain_absolute(folder);
  const fs::path named = path.empty() ? folder : fs::path(path);
  // Locked from here on: the last holder of a folder on the way must not close its descriptor in between.
  const std::unique_lock lock(mutex_);
  // Without O_PATH, opening would need permission to list the folder.
  const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  const fs::path entry_place = locked_place_of(named.parent_path()) / named.filename();
  const int descriptor =
      may_be_link ? ::open(locked_place_of(named).c_str(), flags) : ::open(entry_place.c_str(), flags | O_NOFOLLOW);
  if (descriptor < 0) {
    const int number = errno;
    throw Error(Kind::io, "cannot open folder '" + folder.string() + "': " + system_message(number));
  }
  struct stat opened {
  }, seen{};
  const bool has_proc = ::fstat(descriptor, &opened) == 0 &&
                        ::stat(place_of_descriptor(descriptor).c_str(), &seen) == 0 && is_same(opened, seen);
  // A path that no other matches: where a folder cannot be held, its path is used as it is.
  Entry entry{has_proc && !path.empty() ? path : std::string(1, '\0'), descriptor};
  for (auto known = entries_.begin(); known != entries_.end(); ++known) {
    if (known->path != entry.path || !is_same_folder(known->descriptor, descriptor)) continue;
    ::close(descriptor);
    ++known->num_holders;
    return known;
  }
  return entries_.insert(entries_.end(), std::move(entry));
}

void HeldFolders::remove(Handle entry) {
  const std::unique_lock lock(mutex_);
  if (--entry->num_holders > 0) return;
  ::close(entry->descriptor);
  entries_.erase(entry);
}

fs::path HeldFolders::place_of(const fs::path& path) const {
  const std::shared_lock lock(mutex_);
  return locked_place_of(path);
}

fs::path HeldFolders::locked_place_of(const fs::path& path) const {
  if (entries_.empty()) return path;
  const std::string plain = plain_absolute(path);
  const Entry* innermost = nullptr;
  for (const Entry& entry : entries_) {
    const bool is_inside =
        plain.starts_with(entry.path) && (plain.size() == entry.path.size() || plain[entry.path.size()] == '/');
    if (is_inside && (innermost == nullptr || entry.path.size() >= innermost->path.size())) innermost = &entry;
  }
  if (innermost == nullptr) return path;
  return place_of_descriptor(innermost->descriptor) + plain.substr(innermost->path.size());
}

int HeldFolders::descriptor_of(const fs::path& path) const {
  const std::shared_lock lock(mutex_);
  const std::string plain = plain_absolute(path);
  for (const Entry& entry : entries_)
    if (entry.path == plain) return entry.descriptor;
  return -1;
}

HeldFolders& held_folders() { return *current_folders(); }
void share_held_folders(HeldFolders& folders) { current_folders() = &folders; }

fs::path held_place(const fs::path& path) { return held_folders().place_of(path); }

fs::path held_entry(const fs::path& path) {
  const fs::path entry = path.has_filename() ? path : path.parent_path();
  return held_place(entry.parent_path()) / entry.filename();
}

void check_held_folder(const fs::path& folder) {
  const int descriptor = held_folders().descriptor_of(folder);
  if (descriptor < 0) return;
  struct stat held {
  }, named{};
  if (::fstat(descriptor, &held) != 0 || (::stat(folder.c_str(), &named) == 0 && is_same(held, named))) return;
  std::array<char, 4096> place{};
  const ssize_t size = ::readlink(place_of_descriptor(descriptor).c_str(), place.data(), place.size());
  throw Error(Kind::io, "'" + folder.string() + "' was moved or replaced during the run; its files are in '" +
                            std::string(place.data(), size > 0 ? static_cast<std::size_t>(size) : 0) +
                            "', and nothing was written elsewhere");
}

HeldFolder::HeldFolder(const fs::path& folder, bool may_be_link) : entry_(held_folders().add(folder, may_be_link)) {}

HeldFolder::~HeldFolder() { held_folders().remove(entry_); }

}  // namespace intelia
