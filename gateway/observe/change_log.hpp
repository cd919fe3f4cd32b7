// Who changed what: keys, hosts, the configuration. A line of JSON each in a file of the state directory,
// which is only ever appended to, and the last of them for the console. Belongs to the control loop.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "config/values/units.hpp"

namespace gateway {

// Who changed what, or tried to.
struct Change {
  config::WallTime at{};
  std::string who;   // name of the key; empty: nobody was asked for one
  std::string from;  // address
  std::string what;  // "POST /admin/endpoints/{name}/drain"
  std::string whom;  // the route's parameter
  int status = 0;    // of the answer
};

class ChangeLog {
 public:
  using Say = std::function<void(const std::string&)>;

  ~ChangeLog();
  ChangeLog() = default;
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  // Without it they are told by the page alone. `say` is told once when the file cannot be written.
  void keep(std::string file, Say say);
  void write(const Change& change);
  // The newest first.
  std::string page() const;

 private:
  static constexpr std::size_t most_shown = 200;

  std::deque<std::string> last_;
  std::string file_;
  Say say_;
  int descriptor_ = -1;
  bool has_complained_ = false;
};

// In the directory.
std::string change_log_in(const std::string& directory);

}  // namespace gateway
