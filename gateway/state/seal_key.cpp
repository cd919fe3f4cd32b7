#include "gateway/state/seal_key.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "gateway/state/kept_file.hpp"
#include "gateway/state/state_directory.hpp"

namespace gateway {
namespace {

constexpr std::size_t key_digits = 64;

std::string fault(const std::string& path) {
  return "`" + path + "`: " + std::strerror(errno);
}

// Empty where there is no such file.
std::string content_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {};
  std::string text(key_digits, '\0');
  const ssize_t got = ::read(file, text.data(), text.size());
  ::close(file);
  return got == static_cast<ssize_t>(key_digits) ? text : std::string();
}

}  // namespace

std::string new_seal_key() {
  std::array<unsigned char, key_digits / 2> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

config::Secret kept_seal_key(const std::string& directory, std::string& why) {
  if (directory.empty()) {
    why = "there is no state directory: neither STATE_DIRECTORY nor HOME is set";
    return {};
  }
  make_state_directory(directory);
  const std::string path = directory + "/seal.key";
  std::string text = content_of(path);
  if (!text.empty()) return config::Secret(std::move(text));
  // Whole or not at all, also where two processes start at once.
  const std::string begun = path + "." + std::to_string(::getpid());
  ::unlink(begun.c_str());  // of a process that was ended in the middle of this
  const int file = open_kept(begun, O_WRONLY | O_NOFOLLOW);
  if (file < 0) return why = fault(begun), config::Secret();
  text = new_seal_key();
  const bool is_written = text.size() == key_digits &&
                          ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                          ::fsync(file) == 0;
  ::close(file);
  const bool is_linked = is_written && (::link(begun.c_str(), path.c_str()) == 0 || errno == EEXIST);
  if (!is_linked) why = fault(path);
  ::unlink(begun.c_str());
  text = content_of(path);
  if (text.empty() && why.empty()) why = "`" + path + "` holds no key";
  return config::Secret(std::move(text));
}

}  // namespace gateway
