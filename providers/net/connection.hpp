// One TCP connection, plain or TLS, to a client or to a host. It always reads ahead into a bounded buffer,
// so that a peer's leaving is noticed at once, also while nobody waits for its bytes, and at no extra system
// call: the read that watches is the read that gets the next message. Belongs to one loop.
//
// Lifetime: owned by intrusive pointers; a read under way holds one. close() ends everything that is waited
// for, with `false`.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "providers/loop/task.hpp"

namespace providers {

// Texts that are written one after another in one system call. Whoever calls keeps them alive.
class Pieces {
 public:
  static constexpr std::size_t capacity = 24;

  Pieces() = default;
  Pieces(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) add(text);
  }
  // Empty texts are left out, texts that adjoin the last one extend it. At most `capacity` others.
  void add(std::string_view text);
  bool empty() const { return first_ == count_; }
  bool full() const { return count_ == capacity; }
  std::size_t bytes() const;
  std::span<const std::string_view> texts() const { return {texts_.data() + first_, count_ - first_}; }
  // Drops what was written.
  void drop(std::size_t bytes);

 private:
  std::array<std::string_view, capacity> texts_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

class Connection : public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter> {
 public:
  using Tcp = boost::asio::ip::tcp;
  // Bound to a loop's executor by type: a type-erased one costs a tenth of a read.
  using Socket = boost::asio::basic_stream_socket<Tcp, boost::asio::io_context::executor_type>;

  // Told when the peer closed or broke the connection while nobody waits in more().
  class Watcher {
   public:
    virtual void peer_left() = 0;

   protected:
    ~Watcher() = default;
  };

  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Bytes received and not consumed. The texts stay where they are until the next more(), consume() or
  // start_reading(): what arrives meanwhile is put behind them. Those consumed are gone by then.
  std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes);
  // Waits for more unread bytes. False when none will come (the peer ended, a fault, close()) or the buffer
  // is full to its bound.
  auto more() {
    struct More {
      Connection& connection;
      std::size_t before;
      bool await_ready() const { return !connection.reading_; }
      void await_suspend(std::coroutine_handle<> waiting) const { connection.waiter_.set(waiting); }
      bool await_resume() const { return connection.unread().size() > before; }
    };
    // A read under way has its room behind `end_`: what arrives there grows unread() without moving it.
    const std::size_t before = unread().size();
    start_reading();
    return More{*this, before};
  }
  // Waits for bytes and puts them into `room`: those in the buffer first, later ones straight, past it. 0
  // when none will come. `room` must stay until the task has ended.
  Task<std::size_t> read_direct(std::span<char> room);
  // Ends the wait in more() or read_direct(), once, with nothing. The connection stays as it is: an answer
  // can be written, and reading go on.
  void interrupt();
  // True once the peer has ended its side or the connection failed; unread bytes may be left.
  bool ended() const { return ended_; }
  // The end was an orderly one: FIN, and close_notify on TLS.
  bool ended_cleanly() const { return clean_end_; }
  bool buffer_full() const { return end_ - begin_ == buffer_bound; }

  // Whether bytes have come that nobody has read yet.
  virtual bool arriving() const { return false; }

  // Starts reading ahead; later reads follow by themselves while there is room behind the unread bytes.
  void start_reading() {
    if (!reading_ && !ended_) read_ahead();
  }
  void watch(Watcher* watcher) { watcher_ = watcher; }

  // Writes at once what the socket takes and drops it from `pieces`. True when all of it was taken.
  // False with pieces left: call write().
  virtual bool write_now(Pieces& pieces) = 0;
  // Writes all of it, waiting as needed. False when the connection failed or was closed.
  virtual Task<bool> write(Pieces& pieces) = 0;

  // Ends everything at once. Idempotent.
  virtual void close() = 0;
  // Tells the peer that nothing more comes, where what is spoken has a word for it.
  virtual void say_end() {}
  // Sends that and FIN, and goes on reading.
  virtual void end_writing() = 0;

  // A little more than the largest header block, so that one too large is seen to be that.
  static constexpr std::size_t buffer_bound = 33 * 1024;

 protected:
  Connection() = default;
  // Reads some bytes into room(), asked for once there are some, then calls arrived(). Holds `this` alive
  // meanwhile.
  virtual void begin_read() = 0;
  // Never empty. A connection that waits for its peer holds no buffer.
  std::span<char> room();
  // There was nothing to read after all; the read goes on.
  void room_unused();
  // Has the read under way end with asio::error::operation_aborted, after the caller has returned.
  virtual void cancel_read() = 0;
  // There is no room to read: have saw_end() called when the peer is seen to end, once, after the caller has
  // returned.
  virtual void await_end() {}
  void saw_end() {
    if (watcher_ && !waiter_.waited_for()) watcher_->peer_left();
  }
  void arrived(boost::system::error_code error, std::size_t bytes);

 private:
  void read_ahead();
  void drop_buffer();

  std::unique_ptr<char[]> buffer_;  // none while nothing is unread and nothing comes
  std::size_t size_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::span<char> direct_room_;  // instead of the buffer's
  std::size_t direct_ = 0;       // bytes that went there
  bool reading_ = false;
  bool reading_direct_ = false;
  bool ended_ = false;
  bool clean_end_ = false;
  bool interrupted_ = false;
  Waiter waiter_;
  Watcher* watcher_ = nullptr;
};

using ConnectionPtr = boost::intrusive_ptr<Connection>;

}  // namespace providers
