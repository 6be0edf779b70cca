#pragma once
// `meerkat serve | check | config reference | --version`: each command is one function with an exit status.

namespace meerkat {

// 0: done. 1: the configuration is wrong, or the server could not start. 2: wrong usage.
int run_command_line(int argc, char** argv);

}  // namespace meerkat
