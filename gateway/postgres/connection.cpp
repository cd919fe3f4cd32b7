#include "gateway/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <charconv>

#include "gateway/postgres/postgres_text.hpp"

namespace gateway {
namespace {

using Kind = PostgresFault::Kind;

constexpr std::chrono::milliseconds longest_greeting{5'000};

// As libpq says it, in one line.
std::string words_of(const char* message) {
  std::string text(message ? message : "");
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text.empty() ? "the connection was lost" : text;
}

// A server that is coming up or has no place left will be there soon.
Kind kind_of_greeting(std::string_view message) {
  const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  const bool is_soon = says("starting up") || says("shutting down") || says("recovery mode") ||
                       says("too many clients") || says("remaining connection slots");
  const bool is_wrong = says("FATAL:") || says("no password supplied") || says("invalid ") ||
                        says("certificate") || says("does not support SSL");
  return is_wrong && !is_soon ? Kind::refused : Kind::away;
}

Kind kind_of_state(std::string_view state) {
  if (state == "23505") return Kind::duplicate;
  // Its connection is ended, or it has not what a transaction needs now.
  for (const std::string_view lost : {"08", "57P", "53", "25P03", "40"}) {
    if (state.starts_with(lost)) return Kind::away;
  }
  return Kind::other;
}

}  // namespace

int PostgresRows::count() const {
  return PQntuples(result_.get());
}
int PostgresRows::columns() const {
  return PQnfields(result_.get());
}
bool PostgresRows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}
std::string_view PostgresRows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::int64_t PostgresRows::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}
std::string PostgresRows::bytes(int row, int column) const {
  return bytes_of_hex(text(row, column));
}
std::int64_t PostgresRows::changed() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}
void PostgresRows::Clear::operator()(pg_result* result) const {
  PQclear(result);
}
void Postgres::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Postgres::Postgres(const PostgresAddress& address, std::chrono::milliseconds patience) : patience_(patience) {
  connect(address);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  // Whoever is waited for in vain here must not go on there.
  run("SET client_min_messages=warning; SET search_path=isocost; SET bytea_output=hex; SET lock_timeout=" +
      std::to_string(patience_.count() / 2) + "; SET statement_timeout=" + std::to_string(patience_.count()) +
      "; SET idle_in_transaction_session_timeout=" + std::to_string(patience_.count()));
}

void Postgres::connect(const PostgresAddress& address) {
  const std::string password(address.password.reveal());
  std::vector<const char*> names{"dbname", "fallback_application_name", "client_encoding"};
  std::vector<const char*> values{address.url.c_str(), "isocost", "UTF8"};
  if (!password.empty()) {
    names.push_back("password");
    values.push_back(password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  const Deadline until = std::chrono::steady_clock::now() + std::min(patience_, longest_greeting);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  if (!connection_) throw PostgresFault(Kind::other, "no memory for a connection");
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(connection_.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
         state != PGRES_POLLING_FAILED) {
    wait(state == PGRES_POLLING_WRITING, until);
    state = PQconnectPoll(connection_.get());
  }
  if (state != PGRES_POLLING_OK) {
    const std::string why = words_of(PQerrorMessage(connection_.get()));
    connection_.reset();
    throw PostgresFault(kind_of_greeting(why), why);
  }
  PQsetnonblocking(connection_.get(), 1);
}

void Postgres::lose(const std::string& why) {
  connection_.reset();
  throw PostgresFault(Kind::away, why);
}

void Postgres::wait(bool for_writing, Deadline until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd one{.fd = PQsocket(connection_.get()),
             .events = static_cast<short>(POLLIN | (for_writing ? POLLOUT : 0)),
             .revents = 0};
  const int ready = left.count() > 0 ? ::poll(&one, 1, static_cast<int>(left.count())) : 0;
  if (ready == 0) lose("no answer in time");
}

void Postgres::flush(Deadline until) {
  for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
    if (left < 0) lose(words_of(PQerrorMessage(connection_.get())));
    wait(true, until);
    if (PQconsumeInput(connection_.get()) == 0) lose(words_of(PQerrorMessage(connection_.get())));
  }
}

// The last of its results; all are read.
PostgresRows Postgres::answer(Deadline until) {
  PostgresRows last(nullptr);
  std::string wrong, state;
  for (;;) {
    while (PQisBusy(connection_.get()) != 0) {
      wait(false, until);
      if (PQconsumeInput(connection_.get()) == 0) lose(words_of(PQerrorMessage(connection_.get())));
    }
    pg_result* result = PQgetResult(connection_.get());
    if (!result) break;
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR && wrong.empty()) {
      wrong = words_of(PQresultErrorMessage(result));
      const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      state = code ? code : "08006";
    }
    last = PostgresRows(result);
    if (status == PGRES_COPY_IN) break;
  }
  if (wrong.empty()) return last;
  const Kind kind = kind_of_state(state);
  if (PQstatus(connection_.get()) == CONNECTION_BAD) connection_.reset();
  throw PostgresFault(kind, wrong);
}

PostgresRows Postgres::run(const std::string& sql, const std::vector<std::string>& parameters) {
  if (!connection_) throw PostgresFault(Kind::away, "the connection was lost");
  const Deadline until = std::chrono::steady_clock::now() + patience_;
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& each : parameters) values.push_back(each.c_str());
  const int sent = parameters.empty()
                       ? PQsendQuery(connection_.get(), sql.c_str())
                       : PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                           nullptr, values.data(), nullptr, nullptr, 0);
  if (sent == 0) lose(words_of(PQerrorMessage(connection_.get())));
  flush(until);
  return answer(until);
}

bool Postgres::is_called(std::chrono::milliseconds patience) {
  if (!connection_) throw PostgresFault(Kind::away, "the connection was lost");
  bool is_called = false;
  const auto look = [&] {
    if (PQconsumeInput(connection_.get()) == 0) lose(words_of(PQerrorMessage(connection_.get())));
    while (PGnotify* call = PQnotifies(connection_.get())) {
      PQfreemem(call);
      is_called = true;
    }
  };
  look();  // what came with the answer to something else
  if (is_called) return true;
  pollfd one{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  if (::poll(&one, 1, static_cast<int>(patience.count())) > 0) look();
  return is_called;
}

void Postgres::copy(const std::string& sql, std::string_view rows) {
  run(sql);
  const Deadline until = std::chrono::steady_clock::now() + patience_;
  constexpr std::size_t at_once = 1 << 20;
  while (!rows.empty()) {
    const std::string_view part = rows.substr(0, at_once);
    const int taken = PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size()));
    if (taken < 0) lose(words_of(PQerrorMessage(connection_.get())));
    if (taken > 0) rows.remove_prefix(part.size());
    flush(until);
  }
  while (PQputCopyEnd(connection_.get(), nullptr) == 0) flush(until);
  flush(until);
  answer(until);
}

}  // namespace gateway
