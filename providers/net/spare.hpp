// What holds descriptors of a loop that nobody uses at the moment, so that they can be given back when there
// are none left: idle connections to hosts first, then those of idle clients. One for each io_context:
// boost::asio::use_service. Belongs to the loop's thread. Descriptors are the whole process's: what this loop
// cannot give, others are asked for.
#pragma once

#include <boost/asio/execution_context.hpp>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <functional>
#include <utility>

namespace providers {

class Spare final : public boost::asio::execution_context::service {
 public:
  class Holder
      : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    // Closes up to `most` descriptors, those that were idle the longest, and says how many. Nobody goes on
    // before it returns.
    virtual std::size_t give_back(std::size_t most) = 0;

   protected:
    ~Holder() = default;
  };
  enum class Of { hosts, clients };

  static inline boost::asio::execution_context::id id;
  explicit Spare(boost::asio::execution_context& loop) : service(loop) {}

  void add(Holder& holder, Of side) { (side == Of::hosts ? hosts_ : clients_).push_back(holder); }
  // How many were given back, `most` at the most.
  std::size_t give_back(std::size_t most) {
    const std::size_t given = give_back(most, Of::hosts);
    return given + give_back(most - given, Of::clients);
  }
  std::size_t give_back(std::size_t most, Of side) {
    std::size_t given = 0;
    for (Holder& holder : side == Of::hosts ? hosts_ : clients_) {
      if (given < most) given += holder.give_back(most - given);
    }
    return given;
  }

  // How the other loops are asked; they give what they have soon after.
  using Ask = std::function<void(std::size_t most, Of side)>;
  void ask_others_by(Ask ask) { ask_ = std::move(ask); }
  void ask_others(std::size_t most, Of side) const {
    if (ask_) ask_(most, side);
  }

 private:
  void shutdown() override {}

  using Holders = boost::intrusive::list<Holder, boost::intrusive::constant_time_size<false>>;
  Holders hosts_, clients_;
  Ask ask_;
};

}  // namespace providers
