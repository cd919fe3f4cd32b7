#include "providers/net/connection.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace providers {
namespace {

// Enough for nearly every request and for some dozens of stream events, and little enough for thousands
// of connections.
constexpr std::size_t first_size = 4 * 1024;

}  // namespace

void Pieces::add(std::string_view text) {
  if (text.empty()) return;
  if (!empty()) {
    std::string_view& last = texts_[count_ - 1];
    if (last.data() + last.size() == text.data()) {
      last = {last.data(), last.size() + text.size()};
      return;
    }
  }
  if (count_ == capacity) throw std::length_error("more pieces than one write takes");
  texts_[count_++] = text;
}

std::size_t Pieces::bytes() const {
  std::size_t sum = 0;
  for (const std::string_view text : texts()) sum += text.size();
  return sum;
}

void Pieces::drop(std::size_t bytes) {
  while (bytes > 0) {
    std::string_view& text = texts_[first_];
    const std::size_t part = std::min(bytes, text.size());
    text.remove_prefix(part);
    bytes -= part;
    if (text.empty()) ++first_;
  }
}

void Connection::consume(std::size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_ && !reading_) begin_ = end_ = 0;
}

Task<std::size_t> Connection::read_direct(std::span<char> room) {
  // A read ahead that is under way has room of its own: what it brings comes first.
  const bool reads_ahead = reading_;
  while (reading_ && unread().empty()) co_await waiter_.wait();
  if (const std::string_view first = unread().substr(0, room.size()); !first.empty()) {
    std::copy(first.begin(), first.end(), room.begin());
    consume(first.size());
    co_return first.size();
  }
  if (ended_ || reads_ahead) co_return 0;
  reading_ = reading_direct_ = true;
  direct_ = 0;
  direct_room_ = room;
  begin_read();
  while (reading_) co_await waiter_.wait();
  co_return direct_;
}

void Connection::interrupt() {
  if (!waiter_.waited_for()) return;
  interrupted_ = true;
  cancel_read();
}

void Connection::read_ahead() {
  if (begin_ == end_) {
    drop_buffer();
  } else if (end_ == size_) {
    if (begin_ > 0) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else if (size_ < buffer_bound) {
      const std::size_t larger = std::min(size_ * 4, buffer_bound);
      auto moved = std::make_unique_for_overwrite<char[]>(larger);
      std::copy_n(buffer_.get(), end_, moved.get());
      buffer_ = std::move(moved);
      size_ = larger;
    } else {
      // Full to its bound: the peer is held back until something is consumed, but its leaving is seen.
      if (watcher_) await_end();
      return;
    }
  }
  reading_ = true;
  begin_read();
}

void Connection::drop_buffer() {
  buffer_.reset();
  begin_ = end_ = size_ = 0;
}

std::span<char> Connection::room() {
  if (reading_direct_) return direct_room_;
  if (!buffer_) {
    buffer_ = std::make_unique_for_overwrite<char[]>(first_size);
    size_ = first_size;
  }
  return {buffer_.get() + end_, size_ - end_};
}

void Connection::room_unused() {
  if (begin_ == end_) drop_buffer();
}

void Connection::arrived(boost::system::error_code error, std::size_t bytes) {
  reading_ = false;
  (std::exchange(reading_direct_, false) ? direct_ : end_) += bytes;
  const bool only_interrupted =
      std::exchange(interrupted_, false) && error == boost::asio::error::operation_aborted;
  if (error && !only_interrupted) {
    ended_ = true;
    clean_end_ = error == boost::asio::error::eof;
  }
  if (waiter_.waited_for()) {
    waiter_.wake();  // whoever is woken consumes and calls for more
  } else if (ended_) {
    if (watcher_) watcher_->peer_left();
  } else if (begin_ == end_ || end_ < size_) {
    read_ahead();  // never moves what is unread: there is room behind it
  } else if (watcher_) {
    await_end();
  }
}

}  // namespace providers
