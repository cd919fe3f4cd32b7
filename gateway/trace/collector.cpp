#include "gateway/trace/collector.hpp"

#include <zlib.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <new>

#include "gateway/observe/words.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using providers::Task;

constexpr std::size_t longest_reply = 64u << 10;

class OtlpDialect final : public providers::Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const providers::HostModel&, routing::Delivery, std::string&) const override {
    return "";
  }
};

config::ProviderSettings settings_of(const OtlpSettings& to) {
  config::ProviderSettings settings;
  settings.name.text = "collector";
  settings.base_url = to.url;
  settings.ca_file = to.ca_file;
  settings.limits.max_idle_connections = 0;
  return settings;
}

std::string fields_of(const OtlpSettings& to) {
  std::string fields(to.is_packed ? "\r\nContent-Encoding: gzip" : "");
  for (const auto& [name, value] : to.headers) fields += "\r\n" + name + ": " + value;
  return fields;
}

std::string gzipped(const std::string& body) {
  z_stream stream{};
  constexpr int as_gzip = 15 + 16, usual_memory = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, as_gzip, usual_memory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
  std::string packed(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);  // in one go, since what is bound to be enough is there
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string words_for(routing::FailureKind kind, std::string_view why) {
  const bool is_reached = kind != routing::FailureKind::resolve && kind != routing::FailureKind::connect &&
                          kind != routing::FailureKind::tls;
  return std::string(is_reached ? "it gave no answer (" : "it cannot be reached (") +
         std::string(word(kind)) + ")" + (why.empty() ? "" : ": " + std::string(why));
}

}  // namespace

std::uint64_t rejected_in(std::string_view reply) {
  boost::system::error_code error;
  const json::value page = json::parse(reply, error);
  if (error) return 0;
  for (const char* const name : {"/partialSuccess/rejectedSpans", "/partialSuccess/rejectedDataPoints"}) {
    const json::value* const count = page.find_pointer(name, error);
    if (!count) continue;
    // 64 bits are a text in this encoding.
    if (count->is_string()) return std::strtoull(count->get_string().c_str(), nullptr, 10);
    if (count->is_int64()) return static_cast<std::uint64_t>(std::max<std::int64_t>(0, count->get_int64()));
  }
  return 0;
}

Collector::Collector(const OtlpSettings& to)
    : settings_(settings_of(to)), fields_(fields_of(to)), is_packed_(to.is_packed), timeout_(to.timeout) {}

Posted Collector::post(const std::string& body) {
  Posted posted{.problem = "it gave no answer"};
  if (is_aborted_) return posted;
  io_.restart();
  const std::string packed = is_packed_ ? gzipped(body) : std::string();
  const auto work = [&]() -> Task<void> {
    auto asking = posting(is_packed_ ? packed : body);
    posted = co_await std::move(asking);
  };
  providers::spawn(io_, work(), [this](const std::exception_ptr&) { io_.stop(); });
  io_.run();
  return posted;
}

void Collector::abort() {
  is_aborted_ = true;
  asio::post(io_, [this] {
    if (exchange_) exchange_->abort();
  });
}

Task<Posted> Collector::posting(const std::string& body) {
  static const OtlpDialect dialect;
  Posted posted;
  if (is_aborted_) co_return posted;
  exchange_ = host_.begin();
  providers::Limit late([this] { exchange_->abort(); });
  timer_.set(late, timer_.now() + timeout_);
  providers::OutgoingRequest request{
      .dialect = &dialect, .target = {}, .body = {body}, .traceparent = {}, .fields = fields_};
  auto starting = exchange_->start(request);
  const providers::Result<providers::HostReply> reply = co_await std::move(starting);
  if (!reply) {
    posted.problem = words_for(reply.error(), exchange_->why());
    exchange_.reset();
    co_return posted;
  }
  posted.status = reply->status;
  if (reply->retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*reply->retry_after);
    posted.retry_after = std::clamp(seconds, std::chrono::seconds(0), std::chrono::seconds(600));
  }
  std::string text;
  while (text.size() < longest_reply) {
    const providers::Result<std::string_view> piece = co_await exchange_->next();
    if (!piece || piece->empty()) break;
    text.append(piece->substr(0, longest_reply - text.size()));
  }
  if (posted.status / 100 != 2) {
    posted.problem = "it answered with status " + std::to_string(posted.status);
  } else {
    posted.rejected = rejected_in(text);
  }
  exchange_.reset();
  co_return posted;
}

}  // namespace gateway
