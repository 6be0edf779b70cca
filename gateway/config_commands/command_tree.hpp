#pragma once
// `meerkat check` and `meerkat config ...` on the command line.

namespace CLI {
class App;
}

namespace meerkat::config_commands {

// Adds the commands. The one that is asked for runs while the command line is parsed and leaves its exit
// status in `status`, which must outlive that.
void add_commands(CLI::App& commands, int& status);

}  // namespace meerkat::config_commands
