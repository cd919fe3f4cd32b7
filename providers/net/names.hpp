// The addresses of names, asked of the system several at a time. Its look-up cannot be cut short: each has a
// thread of its own meanwhile, and a name server that hangs for one name holds up no other. One for the whole
// process; may be asked from every thread.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "providers/net/result.hpp"

namespace providers {

// Interface: the system, or a test's script.
class Names {
 public:
  using Found = Result<std::vector<boost::asio::ip::address>>;
  using Answer = std::function<void(const Found&)>;

  virtual ~Names() = default;
  // Calls `answer` once, from any thread: `resolve` where the name has no address, `local` where this machine
  // had no room to ask.
  virtual void ask(const std::string& host, Answer answer) = 0;
};

class SystemNames final : public Names {
 public:
  static constexpr int most_threads = 8;

  SystemNames();
  // Look-ups that are under way go on by themselves; who asked for them is not told any more.
  ~SystemNames() override;
  // The same name asked for twice is looked up once.
  void ask(const std::string& host, Answer answer) override;

 private:
  struct Desk;
  static void work(const std::shared_ptr<Desk>& desk);
  const std::shared_ptr<Desk> desk_;  // shared with the threads, which may outlive us
};

}  // namespace providers
