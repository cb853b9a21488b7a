// An open file that is closed on every way out.
#pragma once

#include <unistd.h>

namespace intelia {

struct OwnedFile {
  int number = -1;

  explicit OwnedFile(int descriptor) : number(descriptor) {}
  ~OwnedFile() {
    if (number >= 0) ::close(number);
  }
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
};

}  // namespace intelia
