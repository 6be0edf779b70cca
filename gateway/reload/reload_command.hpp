#pragma once
// `meerkat reload`: asks the running server to read its configuration file again.

#include <string>

namespace meerkat {

struct reload_options {
    std::string config;    // the file that names the server's folder
    std::string data_dir;  // the folder itself; empty: as the file says
};

// 0: done. 1: refused, or the server could not be asked. 2: no server answers. Says which on standard output
// and standard error.
int reload_server(const reload_options& how);

}  // namespace meerkat
