// The directory of what a gateway keeps: ledger, keys, seals. It has one owner at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "gateway/state/file_lock.hpp"

namespace gateway {

// Where it is: as the configuration says, else STATE_DIRECTORY as systemd gives it, else /var/lib/isocost for
// root, else ~/.local/state/isocost or what XDG_STATE_HOME says instead; empty: nowhere.
std::string state_path(const std::string& configured);

// Whether somebody counts on it: it is named, by the configuration or by STATE_DIRECTORY, or it is there.
bool is_state_expected(const std::string& configured);

// Which of the files that money and keys stand in cannot be written by this process, and whose it is, in
// words; empty where all can be.
std::string unusable_in(const std::string& path);

// What to do where it cannot be used by who runs this, for the end of a sentence.
std::string how_to_have_state(const std::string& path);

// Makes it where it is not there, for its owner alone. What went wrong, if anything.
std::error_code make_state_directory(const std::string& path);

class StateDirectory {
 public:
  enum class Fault { in_use, unusable };
  // Makes it, readable by its owner alone, and takes it. Nothing where that cannot be done; `why` then says
  // it in words.
  static std::optional<StateDirectory> take(const std::string& path, Fault& fault, std::string& why);
  // One that goes with this object: for what is tried out.
  static std::optional<StateDirectory> temporary(std::string& why);
  ~StateDirectory();
  StateDirectory(StateDirectory&& other) noexcept;
  StateDirectory& operator=(StateDirectory&&) = delete;

  const std::string& path() const { return path_; }
  // Where the owner's administration is reached, for commands.
  void announce(const std::string& url) const;
  static std::string announced_in(const std::string& path);

 private:
  StateDirectory(std::string path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileLock lock_;
  bool is_temporary_ = false;
};

}  // namespace gateway
