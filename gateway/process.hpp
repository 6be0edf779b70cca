#pragma once
// What the process asks of its operating system: descriptors, signals, a word to the service manager.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string_view>
#include <vector>

namespace meerkat::process {

// Raises the soft limit of open descriptors to the hard one; returns what holds now.
std::uint64_t raise_descriptor_limit();

// Blocks SIGTERM, SIGINT and SIGHUP for this thread and all it will start, and ignores SIGPIPE. First thing
// in main().
void take_signals();

// Waits for the next SIGTERM, SIGINT or SIGHUP; 0 when none has come in that time.
int next_signal(std::chrono::seconds patience);

// The sockets that systemd passes (sd_listen_fds(3)), with close-on-exec set; the environment no longer names
// them. Once, before other threads run.
std::vector<int> inherited_descriptors();

// Tells the service manager that a reload begins; "READY=1" ends it.
void notify_reloading();

// sd_notify(3) without its library: "READY=1", "STOPPING=1". Nothing when there is no service manager.
void notify_service_manager(std::string_view state);

}  // namespace meerkat::process
