// Folders that stay the same during a run: each is held open, and lib/base accesses what is in it through the
// descriptor. A folder whose path leads elsewhere later, because it was renamed or replaced by a link, is still the one
// that was opened, and messages still show its path. It knows nothing about the content of folders.
#pragma once

#include <filesystem>
#include <list>
#include <shared_mutex>
#include <string>

namespace intelia {

/** The folders that are held; any thread may use it. Without /proc it finds none, and paths are used as they are. */
class HeldFolders {
 public:
  struct Entry {
    std::string path;  // absolute
    int descriptor = -1;
    int num_holders = 1;
  };
  using Handle = std::list<Entry>::iterator;

  /** Opens `folder`. One that is held already has one entry, for as long as any of its holders.
      Throws Error{io}, also if `folder` is a link and `may_be_link` is false. */
  Handle add(const std::filesystem::path& folder, bool may_be_link);
  void remove(Handle entry);
  /** The path for system calls on `path`: /proc/self/fd/N/REST if it is REST in a held folder (the innermost, if it is
      in several) or that folder itself, else `path`. Not for renaming or removing a held folder. */
  std::filesystem::path place_of(const std::filesystem::path& path) const;
  /** The descriptor of the held folder with this path, or -1. */
  int descriptor_of(const std::filesystem::path& path) const;

 private:
  std::filesystem::path locked_place_of(const std::filesystem::path& path) const;

  mutable std::shared_mutex mutex_;
  std::list<Entry> entries_;
};

/** Those of this process. A plug-in, which has its own lib/base, begins with share_held_folders(). */
HeldFolders& held_folders();
void share_held_folders(HeldFolders& folders);

/** held_folders().place_of(). */
std::filesystem::path held_place(const std::filesystem::path& path);

/** The same for renaming or removing `path` itself. */
std::filesystem::path held_entry(const std::filesystem::path& path);

/** Throws Error{io} if `folder` is held and its path now leads to another folder, or nowhere. */
void check_held_folder(const std::filesystem::path& folder);

/** Holds `folder`, which must exist, until destruction. */
class HeldFolder {
 public:
  /** Throws Error{io}, also if `folder` is a link and `may_be_link` is false. */
  HeldFolder(const std::filesystem::path& folder, bool may_be_link);
  ~HeldFolder();
  HeldFolder(const HeldFolder&) = delete;
  HeldFolder& operator=(const HeldFolder&) = delete;

 private:
  HeldFolders::Handle entry_;
};

}  // namespace intelia
