// Takes a changed configuration into use without a restart: loads and checks it first, hands over a whole new
// generation, and stays with the last good one otherwise. Belongs to the control loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/files/load.hpp"
#include "gateway/console/configuration_page.hpp"
#include "gateway/generation/addresses.hpp"
#include "gateway/generation/file_watch.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/metrics/metrics.hpp"
#include "gateway/run/control_pages.hpp"
#include "providers/loop/regularly.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Reload {
 public:
  // Settings with policies that compile, or every problem.
  using Load = std::function<config::Loaded()>;
  // Takes it into use; warns of what only what was measured can show.
  using Adopt = std::function<config::Problems(std::shared_ptr<const Generation>)>;
  // Where an operator reads what happened.
  using Say = std::function<void(const std::string& line)>;

  // `load` is empty where there is no file. `metrics` must outlive this. `file` is watched for changes.
  Reload(std::shared_ptr<const Generation> current, Load load, Adopt adopt, Say say, Metrics& metrics,
         const std::string& file, providers::WallClock wall = providers::system_wall);

  // Where clients reach it, where that is not what the configuration says.
  void listens_at(std::string host) { listening_ = std::move(host); }
  // Files that the configuration was read from besides: they are watched as it is. Those of what is loaded
  // later are known from there.
  void was_read_from(const std::vector<std::string>& files) { watch_.watch_also(files); }
  // At once, whether or not anything changed.
  Reloaded now();
  // The keys that are made while the gateway runs, beside those of the configuration: a new generation where
  // they differ from those before.
  void use_keys(std::vector<config::KeySettings> stored);
  // The addresses that names have now: a new generation where they differ from those before. Says what came
  // and what went.
  void use_addresses(Addresses addresses);
  // What probing showed, beside what the configuration says: a new generation where that changes anything.
  void use_prefills(Prefills known);
  // A new generation once what is found there is not believed any more.
  void forget_old_prefills();
  // What the configuration says, before anything is known of addresses.
  const config::Settings& said() const { return said_; }
  std::shared_ptr<const Generation> current() const { return current_; }
  // From now on, on the loop `control`: looks at the files every second, and at those of `tls` now and then.
  void watch(boost::asio::io_context& control);
  // One look: takes them where one has changed and all stood still since the one before. A file that is cut
  // in half may well be one that parses.
  void if_changed();
  // Takes up what the files of `tls` hold now.
  void renew_certificate();
  // Of the one in use.
  std::uint64_t generation() const { return current_->catalogue->generation(); }
  const LastReload& last() const { return last_; }

 private:
  // Takes what is said into use, with the keys and addresses that are known.
  config::Problems use(config::Problems& problems);
  Reloaded take(config::Loaded loaded);
  Reloaded refuse(const config::Problems& problems);

  std::shared_ptr<const routing::Catalogue> started_;  // whose address and threads are in use
  std::string listening_;                              // the host of the address
  std::shared_ptr<const Generation> current_;
  Load load_;
  Adopt adopt_;
  Say say_;
  Metrics& metrics_;
  FileWatches watch_;
  std::uint64_t last_generation_;
  config::Settings said_;
  std::vector<config::KeySettings> stored_;
  Addresses addresses_;
  Prefills prefills_;
  const providers::WallClock wall_;
  LastReload last_;
  std::optional<providers::Regularly> looking_;  // absent before anything is watched
  unsigned looks_ = 0;
};

}  // namespace gateway
