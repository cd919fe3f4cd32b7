#include "config/files/load_trace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "config/files/csv_row.hpp"
#include "config/values/timestamp.hpp"

namespace config {
namespace {

constexpr double most_tokens = 100e6;
constexpr double longest_trace = 366.0 * 86400;
// Beyond this many, problems with single rows are only counted.
constexpr std::size_t most_row_problems = 10;

enum Column : std::size_t {
  time_column,
  prompt_column,
  output_column,
  limit_column,
  session_column,
  columns
};
enum class TimeForm { timestamp, seconds };

struct Header {
  TimeForm form = TimeForm::seconds;
  std::array<std::optional<std::size_t>, columns> place{};
};

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  LoadedTrace read(std::string_view csv);

 private:
  std::optional<Header> header(std::string_view line);
  std::optional<std::string> add(const Header& header, std::string_view line);
  std::optional<double> number(const Header& header, Column column) const;
  std::optional<Seconds> time(const Header& header, std::string& wrong);
  void problem(Severity severity, int line, std::string message, std::string suggestion = {});
  void left_out(int line, const std::string& why);
  void finish();

  const std::string& file_;
  CsvRow row_;
  LoadedTrace result_;
  Trace trace_;
  std::optional<WallTime> first_;
  std::size_t out_of_order_ = 0;
  int first_out_of_order_ = 0;
};

void Reader::problem(Severity severity, int line, std::string message, std::string suggestion) {
  result_.problems.push_back({.severity = severity,
                              .place = {.file = file_, .line = line},
                              .path = {},
                              .message = std::move(message),
                              .suggestion = std::move(suggestion),
                              .excerpt = {}});
}

void Reader::left_out(int line, const std::string& why) {
  if (++result_.left_out <= most_row_problems) problem(Severity::warning, line, "row left out: " + why);
}

std::optional<Header> Reader::header(std::string_view line) {
  row_.split(line);
  Header header;
  constexpr std::array<std::string_view, columns> ours = {"seconds", "prompt_tokens", "output_tokens",
                                                          "max_tokens", "session"};
  constexpr std::array<std::string_view, 3> azure = {"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
  if (row_.find(azure[0])) {
    header.form = TimeForm::timestamp;
    for (std::size_t i = 0; i < azure.size(); ++i) header.place[i] = row_.find(azure[i]);
  } else {
    for (std::size_t i = 0; i < ours.size(); ++i) header.place[i] = row_.find(ours[i]);
  }
  bool complete = true;
  for (const Column needed : {time_column, prompt_column, output_column}) {
    if (header.place[needed]) continue;
    complete = false;
    const std::string_view name = header.form == TimeForm::timestamp ? azure[needed] : ours[needed];
    problem(Severity::error, 1, "there is no column `" + std::string(name) + "`",
            "the first line is `TIMESTAMP,ContextTokens,GeneratedTokens` or "
            "`seconds,prompt_tokens,output_tokens`");
  }
  return complete ? std::optional(header) : std::nullopt;
}

std::optional<double> Reader::number(const Header& header, Column column) const {
  if (!header.place[column]) return std::nullopt;
  return row_.number(*header.place[column]);
}

std::optional<Seconds> Reader::time(const Header& header, std::string& wrong) {
  if (header.form == TimeForm::seconds) {
    const auto seconds = number(header, time_column);
    if (seconds && *seconds >= 0 && *seconds <= longest_trace) return Seconds{*seconds};
    wrong = "`seconds` is a number from 0 to a year's worth";
    return std::nullopt;
  }
  const auto stamp = parse_timestamp(row_.text(*header.place[time_column]));
  if (!stamp) {
    wrong = "`TIMESTAMP` is like 2023-11-16 18:15:46.68";
    return std::nullopt;
  }
  if (!first_) first_ = stamp;
  const Seconds since = *stamp - *first_;
  if (std::abs(since.count()) <= longest_trace) return since;
  wrong = "`TIMESTAMP` is more than a year away from the first one";
  return std::nullopt;
}

// What is wrong with the row; nothing when it was taken.
std::optional<std::string> Reader::add(const Header& header, std::string_view line) {
  row_.split(line);
  std::string wrong;
  const auto at = time(header, wrong);
  if (!at) return wrong;
  TraceRequest request{.at = std::chrono::duration_cast<Duration>(*at)};
  const auto tokens = [&](Column column, const char* name, double least, Tokens& into) {
    const auto count = number(header, column);
    if (!count || *count < least || *count > most_tokens || *count != std::floor(*count)) {
      wrong = std::string("`") + name + "` is a whole number from " + (least > 0 ? "1" : "0") +
              " to 100 million, found `" + std::string(row_.text(*header.place[column])) + "`";
      return false;
    }
    into = {static_cast<std::int64_t>(*count)};
    return true;
  };
  if (!tokens(prompt_column, "prompt tokens", 1, request.prompt)) return wrong;
  if (!tokens(output_column, "output tokens", 1, request.output)) return wrong;
  if (header.place[limit_column] && !row_.text(*header.place[limit_column]).empty()) {
    Tokens limit;
    if (!tokens(limit_column, "max_tokens", 1, limit)) return wrong;
    request.max_output = limit;
  }
  if (const auto session = number(header, session_column); session && *session >= 1 && *session < 1e18) {
    request.session = static_cast<std::uint64_t>(*session);
  }
  trace_.requests.push_back(request);
  return std::nullopt;
}

LoadedTrace Reader::read(std::string_view csv) {
  std::optional<Header> known;
  int line_number = 0;
  while (!csv.empty()) {
    const std::size_t end = std::min(csv.find('\n'), csv.size());
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (!known) {
      known = header(line);
      if (!known) return std::move(result_);
    } else if (const auto wrong = add(*known, line)) {
      left_out(line_number, *wrong);
    } else if (trace_.requests.size() > 1 &&
               trace_.requests.back().at < trace_.requests[trace_.requests.size() - 2].at) {
      if (++out_of_order_ == 1) first_out_of_order_ = line_number;
    }
  }
  finish();
  return std::move(result_);
}

void Reader::finish() {
  const std::size_t rows = trace_.requests.size() + result_.left_out;
  if (result_.left_out > most_row_problems) {
    problem(Severity::warning, 0,
            std::to_string(result_.left_out - most_row_problems) + " further rows were left out");
  }
  if (trace_.requests.empty()) {
    problem(Severity::error, 0, rows == 0 ? "there is no request in it" : "none of its rows can be used");
    return;
  }
  if (result_.left_out * 10 >= rows) {
    problem(Severity::error, 0,
            std::to_string(result_.left_out) + " of " + std::to_string(rows) +
                " rows cannot be used: this is not the trace you mean");
    return;
  }
  if (out_of_order_ > 0) {
    problem(Severity::warning, first_out_of_order_,
            std::to_string(out_of_order_) + " rows come before the one above them; the trace was sorted");
    std::ranges::stable_sort(trace_.requests, {}, &TraceRequest::at);
  }
  const Duration begin = trace_.requests.front().at;
  for (TraceRequest& request : trace_.requests) request.at -= begin;
  if (first_) trace_.start = *first_ + std::chrono::duration_cast<WallTime::duration>(begin);
  trace_.title = file_;
  result_.trace = std::move(trace_);
}

}  // namespace

LoadedTrace load_trace(std::string_view csv, const std::string& file) {
  return Reader(file).read(csv);
}

LoadedTrace load_trace_file(const std::string& path, const Sources& sources) {
  const std::optional<std::string> text = sources.file ? sources.file(path) : std::nullopt;
  if (text) return load_trace(*text, path);
  return {.trace = std::nullopt, .left_out = 0, .problems = {unreadable(path)}};
}

}  // namespace config
