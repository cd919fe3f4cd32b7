// Lines with descriptors between two processes, over a Unix socket in a directory that both know.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

// Closed with it.
class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~OwnedDescriptor();
  OwnedDescriptor(OwnedDescriptor&& other) noexcept;
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;

  int get() const { return descriptor_; }
  int release();

 private:
  int descriptor_;
};

// The socket `name` in `directory`, whose path may be longer than that of a socket; -1 and errno where that
// cannot be done. Who listens replaces what lies there.
OwnedDescriptor listen_in(const std::string& directory, const std::string& name);
OwnedDescriptor connect_in(const std::string& directory, const std::string& name);
// Who is at the other end of it; nothing where that is another user.
std::optional<int> process_of_same_user(int socket);

// A line, which ends with a line's end, and copies of the descriptors: at most `most_mailed`. False: it did
// not go out.
inline constexpr std::size_t most_mailed = 200;
inline constexpr std::size_t longest_mail = 1 << 20;
bool mail(int socket, std::string_view line, std::span<const int> descriptors);
// The next line without its end, waited for so long; nothing where none comes: `why`, a sentence without its
// begin and end. What of descriptors comes with it is put behind `received`.
std::optional<std::string> await_mail(int socket, std::chrono::milliseconds patience,
                                      std::vector<OwnedDescriptor>& received, std::string& why);

}  // namespace gateway
