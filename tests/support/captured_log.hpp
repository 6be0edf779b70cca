#pragma once
// What is written to standard error while it lives: log lines of any thread.

#include <cstdio>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace meerkat::testing {

class captured_log {
public:
    captured_log() : file_(std::tmpfile()), before_(::dup(2)) {
        if (file_ == nullptr) throw std::runtime_error("tmpfile failed");
        ::dup2(::fileno(file_), 2);
    }
    ~captured_log() {
        restore();
        std::fclose(file_);
    }
    captured_log(const captured_log&) = delete;
    captured_log& operator=(const captured_log&) = delete;

    // All of it; what comes later goes where it went before.
    std::string text() {
        restore();
        std::rewind(file_);
        std::string all;
        for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) all += static_cast<char>(c);
        return all;
    }

private:
    void restore() {
        if (before_ < 0) return;
        ::dup2(before_, 2);
        ::close(before_);
        before_ = -1;
    }
    std::FILE* file_;
    int before_;
};

}  // namespace meerkat::testing
