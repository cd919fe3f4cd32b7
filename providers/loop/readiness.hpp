// Which sockets of a loop became readable or writable: the edges that epoll(7) tells under EPOLLET.
//
// Asio's own reactor tries each read before it waits for it. In a relay that read nearly always finds
// nothing, as the peer has yet to answer: two wasted system calls for each request, and a queue to go
// through. Here a socket is read when there is something to read. The loop's io_context waits for this epoll
// as for any other descriptor, so that everything else on the loop goes on as before.
//
// One for each io_context: boost::asio::use_service. Belongs to the loop's thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>

namespace providers {

class Readiness final : public boost::asio::execution_context::service {
  using ListHook =
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  using SoonHook =
      boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

 public:
  // Who is told of one socket.
  class Party : public ListHook {
   public:
    // EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR that came up since the last call; 0 after soon(). May
    // remove the party, and end its life.
    virtual void ready(std::uint32_t events) = 0;
    // The loop goes: nothing will be told any more. May end the party's life.
    virtual void abandoned() = 0;

   protected:
    ~Party() = default;

   private:
    friend Readiness;
    SoonHook soon_;
  };

  static inline boost::asio::execution_context::id id;
  explicit Readiness(boost::asio::execution_context& loop);
  ~Readiness();

  // False where the system has no room for it.
  bool add(int socket, Party& party);
  // Before the socket is closed, which takes it out of the epoll. Nothing more is told of it, also not what
  // was noticed before.
  void remove(Party& party);
  // Calls ready(0) from the loop, after whoever calls this has returned.
  void soon(Party& party);
  // How many wait to be told: the loop goes on as long as somebody does.
  void begin_wait();
  void end_wait();

 private:
  void shutdown() override;
  void arm();
  void go_on_later();
  void tell();
  void settle();

  boost::asio::io_context& loop_;
  int epoll_;
  std::optional<boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>>
      waited_for_;
  boost::intrusive::list<Party, boost::intrusive::constant_time_size<false>> parties_;
  boost::intrusive::list<Party, boost::intrusive::constant_time_size<false>,
                         boost::intrusive::member_hook<Party, SoonHook, &Party::soon_>>
      soon_, now_;
  // Events that were fetched, told up to `next_`.
  std::array<epoll_event, 128> events_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::size_t waits_ = 0;
  bool armed_ = false;    // the io_context waits for the epoll
  bool telling_ = false;  // tell() runs, or will without being woken
};

}  // namespace providers
