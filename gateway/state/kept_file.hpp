// Opens a file to write in a directory of what is kept. One that is made here belongs to whom the directory
// belongs to: a command that root runs must leave nothing there that the gateway, which is not root, cannot
// use.
#pragma once

#include <string>

namespace gateway {

// As open(2) with `flags`, made with mode 0600 where it is not there. Below 0, and errno, where that cannot
// be.
int open_kept(const std::string& path, int flags);

// Makes it, if it is not there, and leaves it as it is otherwise, unopened.
void make_kept(const std::string& path);

}  // namespace gateway
