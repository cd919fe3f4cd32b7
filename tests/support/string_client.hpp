// A client that keeps what it is sent as text. It can be slow, and it can be gone.
#pragma once

#include <string>

#include "gateway/http/client.hpp"

namespace support {

class StringClient final : public gateway::Client {
 public:
  int status = 0;
  std::string content_type;
  std::string fields;
  std::string body;
  int replies = 0;     // heads
  int ends = 0;        // of streams
  bool gone = false;   // nothing more is taken
  bool holds = false;  // takes nothing until release()

  void release() {
    holds = false;
    waiter_.wake();
  }
  bool has(std::string_view field) const { return fields.find(field) != std::string::npos; }

  providers::Task<bool> answer(gateway::ReplyStart start, std::string_view whole) override {
    note(start);
    co_await held();
    if (!gone) body += whole;
    co_return !gone;
  }
  providers::Task<bool> begin(gateway::ReplyStart start, providers::Pieces& pieces) override {
    note(start);
    co_return co_await write(pieces);
  }
  providers::Task<bool> write(providers::Pieces& pieces) override {
    co_await held();
    for (const std::string_view text : pieces.texts()) {
      if (!gone) body.append(text);
    }
    co_return !gone;
  }
  providers::Task<bool> end(providers::Pieces& pieces) override {
    const bool written = co_await write(pieces);
    if (written) ++ends;
    co_return written;
  }

  void begin_now(gateway::ReplyStart start, std::string_view text) override {
    note(start);
    write_now(text);
  }
  void write_now(std::string_view text) override {
    if (!gone) body.append(text);
  }

 private:
  void note(const gateway::ReplyStart& start) {
    ++replies;
    status = start.status;
    content_type = start.content_type;
    fields = start.fields;
  }
  providers::Task<void> held() {
    while (holds) co_await waiter_.wait();
  }
  providers::Waiter waiter_;
};

}  // namespace support
