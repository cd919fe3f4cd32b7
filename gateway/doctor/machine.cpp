#include "gateway/doctor/machine.hpp"

#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "gateway/state/state_directory.hpp"
#include "providers/loop/wall_clock.hpp"
#include "providers/net/authorities.hpp"
#include "providers/net/tls_server.hpp"

namespace gateway {
namespace {

using Kind = Finding::Kind;
constexpr std::uint64_t mebibyte = 1u << 20;

Finding descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::string count = limit.rlim_cur == RLIM_INFINITY ? "no limit" : std::to_string(limit.rlim_cur);
  Finding found{Kind::good, "descriptors", count + "; a stream takes two"};
  // isocost raises its own soft limit as far as the hard one goes.
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < 8192) {
    found.kind = Kind::doubtful;
    found.what += ", and no more than " + std::to_string(limit.rlim_max) + " may be had";
    found.todo = "raise it: `LimitNOFILE=65536` in the unit, `ulimits: {nofile: 65536}` of a container";
  }
  return found;
}

// In bytes; 0 where it cannot be told.
std::uint64_t available_memory() {
  std::uint64_t available = 0;
  std::ifstream lines("/proc/meminfo");
  for (std::string name, unit; lines >> name;) {
    std::uint64_t size = 0;
    if (!(lines >> size)) break;
    std::getline(lines, unit);
    if (name == "MemAvailable:") available = size * 1024;
  }
  std::ifstream group("/sys/fs/cgroup/memory.max");
  std::uint64_t most = 0;
  if (group >> most) available = std::min(available, most);
  return available;
}

Finding memory(const config::Settings& settings) {
  const std::uint64_t available = available_memory();
  const auto bodies = static_cast<std::uint64_t>(settings.limits.body_budget);
  Finding found{Kind::good, "memory", std::to_string(available / mebibyte) + " MiB to be had"};
  if (available != 0 && available < bodies + 128 * mebibyte) {
    found.kind = Kind::doubtful;
    found.what += "; bodies alone may take " + std::to_string(bodies / mebibyte) + " MiB";
    found.todo = "lower `limits.body_budget`, or give it more memory";
  }
  return found;
}

Finding kernel_clock() {
  timex clock{};
  const int state = ::adjtimex(&clock);
  if (state == -1) return {Kind::good, "time", "the kernel does not say whether its clock is right"};
  if (state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0)
    return {Kind::good, "time", "kept by the network's"};
  return {
      Kind::doubtful, "time", "nothing keeps this machine's clock right",
      "run a client of NTP, such as systemd-timesyncd: certificates, signatures and budgets go by the clock"};
}

Finding authorities() {
  const providers::AuthorityPlaces places = providers::places_of_authorities();
  const std::string found = providers::authorities_among(places);
  if (!found.empty()) return {Kind::good, "authorities", "those of " + found};
  return {Kind::bad, "authorities",
          places.are_named ? "none in " + places.file + ", which SSL_CERT_FILE names, nor in " + places.folder
                           : "none in /etc/ssl/certs, /etc/pki or where else systems keep them",
          "install the package ca-certificates, or name a file in SSL_CERT_FILE"};
}

// Each host's name is looked up later; this is whether there is anybody to ask.
Finding name_servers() {
  std::ifstream lines("/etc/resolv.conf");
  std::string servers;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, address;
    if (words >> first >> address && first == "nameserver")
      servers += (servers.empty() ? "" : ", ") + address;
  }
  if (!servers.empty()) return {Kind::good, "name servers", servers};
  return {Kind::doubtful, "name servers", "/etc/resolv.conf names none",
          "name one there, or have only hosts whose addresses stand in /etc/hosts"};
}

// What clients are shown.
Finding certificate(const config::ListenerTls& tls) {
  try {
    const providers::TlsServer server(
        {.certificate = tls.certificate, .key = tls.key, .client_ca = tls.client_ca});
    const auto now = std::chrono::system_clock::to_time_t(providers::system_wall());
    const std::int64_t left = server.expires() - now;
    Finding found{Kind::good, "certificate",
                  tls.certificate + " has " + std::to_string(left / 86400) + " days left"};
    if (left < 0) {
      found = {Kind::bad, "certificate", tls.certificate + " has ended"};
    } else if (left < 14 * 86400) {
      found.kind = Kind::doubtful;
    }
    if (found.kind != Kind::good) found.todo = "renew it; the gateway takes a replaced file up by itself";
    return found;
  } catch (const providers::TlsServer::Fault& fault) {
    return {Kind::bad, "certificate", fault.what(), "correct `tls." + fault.setting + "`"};
  }
}

std::optional<Finding> doubt_about_owner(const std::string& path) {
  struct stat all {};
  struct stat one {};
  if (::stat(path.c_str(), &all) != 0) return std::nullopt;
  const std::string owner = std::to_string(all.st_uid);
  // Root can use what the gateway, which is not root, cannot. Anybody else finds out by the files themselves,
  // and who shares a directory of root's by its group owns what he makes there.
  const bool asks_for_another = ::geteuid() == 0 && all.st_uid != 0;
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator(path, error)) {
    if (!asks_for_another) break;
    if (::lstat(each.path().c_str(), &one) != 0 || one.st_uid == all.st_uid) continue;
    if (each.path().filename() == "lost+found") continue;  // the file system's own
    return Finding{Kind::doubtful, "state",
                   each.path().string() + " does not belong to user " + owner + ", as its directory does",
                   "chown -R " + owner + " " + path};
  }
  // Who may put files into it may put his own keys there.
  if ((all.st_mode & S_IWOTH) == 0) return std::nullopt;
  return Finding{Kind::doubtful, "state",
                 path + " can be written by everybody: keys and the ledger stand in it", "chmod 700 " + path};
}

Finding state_directory(const config::Settings& settings) {
  const std::string path = state_path(settings.state);
  // As the gateway has it at its start: without what nobody counts on it serves, and keeps nothing.
  const Kind fault = is_state_expected(settings.state) ? Kind::bad : Kind::doubtful;
  const std::string without = fault == Kind::bad ? "" : "; there are neither made keys nor a ledger";
  if (path.empty())
    return {fault, "state", "there is no directory for it" + without, "name one: `state: /var/lib/isocost`"};
  std::error_code error;
  std::filesystem::path there = path;
  while (!std::filesystem::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  const bool is_made = there == std::filesystem::path(path);
  if (!std::filesystem::is_directory(there, error))
    return {fault, "state", there.string() + " is no directory" + without,
            "name another with `state`, or move away what has its name"};
  if (::access(there.c_str(), W_OK | X_OK) != 0) {
    const std::string why = std::strerror(errno);
    return {fault, "state", there.string() + " cannot be written: " + why + without, how_to_have_state(path)};
  }
  if (const std::string unusable = unusable_in(path); !unusable.empty())
    return {Kind::bad, "state", unusable, how_to_have_state(path)};
  if (const auto doubt = is_made ? doubt_about_owner(path) : std::nullopt) return *doubt;
  struct statvfs disk {};
  const bool is_known = ::statvfs(there.c_str(), &disk) == 0;
  const std::uint64_t free = is_known ? static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize : 0;
  Finding found{
      Kind::good, "state",
      path + (is_made ? "" : ", which will be made") + ", " + std::to_string(free / mebibyte) + " MiB free"};
  if (is_known && free < 1024 * mebibyte) {
    found.kind = Kind::doubtful;
    found.todo =
        "make room: records alone may take `records.max_size`, and a full disk stops whoever has a budget";
  }
  return found;
}

Finding address(const std::string& name, const config::ListenAddress& wanted) {
  const std::string shown = wanted.host + ":" + std::to_string(wanted.port);
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (::getaddrinfo(wanted.host.c_str(), std::to_string(wanted.port).c_str(), &hints, &found) != 0)
    return {Kind::bad, name, shown + " is no address of this machine", "correct `" + name + "`"};
  const int probe = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const int error = ::bind(probe, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  ::freeaddrinfo(found);
  ::close(probe);
  if (error == 0) return {Kind::good, name, shown + " is free"};
  if (error == EADDRINUSE)
    return {Kind::doubtful, name, shown + " is taken",
            "by a gateway that runs, then all is well; else give one of them another"};
  return {Kind::bad, name, shown + ": " + std::strerror(error),
          "correct `" + name + "`, or run it as somebody who may"};
}

}  // namespace

Findings findings_of_machine(const config::Settings& settings) {
  Findings found{descriptors(),  memory(settings), kernel_clock(),
                 name_servers(), authorities(),    state_directory(settings)};
  if (settings.tls) found.push_back(certificate(*settings.tls));
  found.push_back(address("listen", settings.listen));
  if (settings.admin) found.push_back(address("admin", *settings.admin));
  return found;
}

}  // namespace gateway
