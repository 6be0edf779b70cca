#include "gateway/command_line.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    try {
        return meerkat::run_command_line(argc, argv);
    } catch (const std::exception& e) {
        std::cerr << "meerkat: " << e.what() << "\n";
        return 1;
    }
}
