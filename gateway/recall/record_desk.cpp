#include "gateway/recall/record_desk.hpp"

#include "gateway/recall/refusal_page.hpp"
#include "gateway/recall/request_page.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

// From the end of a request to the storage, at most.
constexpr auto on_its_way = std::chrono::milliseconds(60);

RecordDesk::Answer explained_refusal(const RefusedRequest& request, const std::optional<Screen>& screen) {
  if (!screen) return {.body = refusal_page(request)};
  RecordDesk::Answer answer;
  for (const std::string& line : refusal_lines(request, *screen)) answer.body += line + "\n";
  return answer;
}

}  // namespace

RecordDesk::Answer explained_request(RecordReader& reader, const std::string& id,
                                     const std::optional<Screen>& screen) {
  const auto found = recall(reader, id);
  if (const auto* no = std::get_if<NotRecalled>(&found); no && no->why == NotRecalled::Why::not_there) {
    if (const auto refused = reader.find_refused(id)) return explained_refusal(*refused, screen);
  }
  if (const auto* no = std::get_if<NotRecalled>(&found)) return {.status = 404, .body = no->text};
  const Recalled& recalled = std::get<Recalled>(found);
  if (!screen) return {.body = request_page(recalled)};
  RecordDesk::Answer answer;
  for (const std::string& line : request_table(recalled, *screen)) answer.body += line + "\n";
  return answer;
}

RecordDesk::RecordDesk(Storage* storage, std::string file)
    : storage_(storage), file_(std::move(file)), thread_(providers::named_thread("recall", [this] {
        providers::run_to_end(io_, [](const std::exception&) {});
      })) {}

RecordDesk::~RecordDesk() {
  io_.stop();
  thread_.join();
}

RecordDesk::Answer RecordDesk::look_up(const std::string& id, const std::optional<Screen>& screen) {
  try {
    if (!reader_) {
      auto opened = RecordReader::open(file_);
      if (auto* why = std::get_if<std::string>(&opened)) return {.status = 503, .body = *why};
      reader_ = std::move(std::get<std::unique_ptr<RecordReader>>(opened));
    }
    return explained_request(*reader_, id, screen);
  } catch (const SqliteFault& fault) {
    reader_.reset();
    return {.status = 503, .body = "the records cannot be read: " + std::string(fault.what())};
  }
}

providers::Task<RecordDesk::Answer> RecordDesk::explained(boost::asio::io_context& asker, std::string id,
                                                          std::optional<Screen> screen) {
  if (!storage_)
    co_return Answer{.status = 404, .body = "no records are kept: see `records` in the configuration"};
  // What has just ended is in the file before it is looked for; it is on its way there for some milliseconds.
  const auto look = [this, id, screen] { return look_up(id, screen); };
  const auto wait = [] {
    std::this_thread::sleep_for(on_its_way);
    return Answer{.status = 404, .body = {}};
  };
  co_await storage_->settle(asker);
  auto first = run(asker, look);
  Answer answer = co_await std::move(first);
  if (answer.status != 404) co_return answer;
  auto pause = run(asker, wait);
  co_await std::move(pause);
  co_await storage_->settle(asker);
  auto second = run(asker, look);
  answer = co_await std::move(second);
  co_return answer;
}

}  // namespace gateway
