#include "providers/simulated/run_hosts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "providers/loop/run_to_end.hpp"
#include "providers/simulated/simulated_hosts.hpp"

namespace providers {
namespace {

// "0.55" or "0.2": dollars per million tokens, as short as they are.
std::string dollars(const config::PricePerMillionTokens& price) {
  std::ostringstream text;
  text << std::setprecision(6) << price.price.dollars();
  return text.str();
}

std::string seconds(config::Seconds time) {
  std::ostringstream text;
  text << std::setprecision(3) << time.count() << " s";
  return text.str();
}

std::string base_url(const config::Fleet& fleet, std::size_t host, std::uint16_t port) {
  const bool is_v6 = fleet.listen.find(':') != std::string::npos;
  return "http://" + (is_v6 ? '[' + fleet.listen + ']' : fleet.listen) + ':' + std::to_string(port) +
         fleet.hosts[host].path;
}

using TableRow = std::vector<std::string>;

void print_table(const std::vector<TableRow>& rows, std::ostream& out) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << std::left << std::setw(static_cast<int>(widths[i]) + 2) << row[i];
    }
    out << '\n';
  }
}

void print_hosts(const config::Fleet& fleet, const std::vector<std::uint16_t>& ports, std::ostream& out) {
  if (!fleet.title.empty()) out << fleet.title << '\n';
  out << "Time to the first token and tokens per second are medians of an idle host";
  if (fleet.time_scale > 0 && fleet.time_scale != 1) out << ", before time_scale " << fleet.time_scale;
  out << ".\n\n";
  std::vector<TableRow> rows{{"HOST", "BASE URL", "MODEL", "IN $/M", "OUT $/M", "TTFT", "TOK/S", "CONTEXT"}};
  for (std::size_t i = 0; i < fleet.hosts.size(); ++i) {
    const config::SimulatedHost& host = fleet.hosts[i];
    std::ostringstream speed;
    speed << host.speed.tokens_per_second;
    rows.push_back({host.name.text, base_url(fleet, i, ports[i]),
                    host.host_model.empty() ? host.model.text : host.host_model, dollars(host.prices.input),
                    dollars(host.prices.output), seconds(host.ttft.base), speed.str(),
                    std::to_string(host.context.count)});
  }
  print_table(rows, out);
}

void print_curl(const config::Fleet& fleet, const std::vector<std::uint16_t>& ports, std::ostream& out) {
  const config::SimulatedHost& host = fleet.hosts.front();
  out << "\nTry one:\n  curl -N " << base_url(fleet, 0, ports[0]) << "/chat/completions";
  if (!host.key.empty()) out << " -H 'Authorization: Bearer " << host.key.reveal() << '\'';
  out << " -H 'Content-Type: application/json' \\\n    -d '{\"model\":\""
      << (host.host_model.empty() ? host.model.text : host.host_model)
      << "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n"
      << "\nCtrl-C ends.\n"
      << std::flush;
}

void run(boost::asio::io_context& io, std::ostream& out) {
  run_to_end(
      io, [&](const std::exception& fault) { out << "a connection ended badly: " << fault.what() << '\n'; });
}

}  // namespace

int run_hosts(const config::Fleet& fleet, std::ostream& out) {
  if (fleet.hosts.empty()) {
    out << "error: the fleet has no hosts; give it at least one under `hosts:`\n";
    return 1;
  }
  boost::asio::io_context io{1};
  SimulatedHosts hosts{io, fleet};
  try {
    hosts.start();
  } catch (const std::runtime_error& fault) {
    out << "error: " << fault.what() << "\n  set base_port: 0 to take free ports\n";
    return 1;
  }
  boost::asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&hosts](boost::system::error_code error, int) {
    if (!error) hosts.stop();
  });
  const std::vector<std::uint16_t> ports = hosts.ports();
  print_hosts(fleet, ports, out);
  print_curl(fleet, ports, out);
  run(io, out);
  return 0;
}

}  // namespace providers
