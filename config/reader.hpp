#pragma once
// Walks a document along an option table and collects everything there is to say about it: never stops at
// the first finding. One reader reads one file.

#include "config/diagnostic.hpp"
#include "config/option.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

class reader {
public:
    explicit reader(std::string file) : file_(std::move(file)) {}

    // Reads a table into `target`, the struct its option table was made for.
    void read(const option_table& options, const node& table, void* target);

    // For options and checks. The path is where the reader stands now.
    void error(place where, std::string_view reason, std::string text, std::string hint = {});
    void warn(place where, std::string_view reason, std::string text, std::string hint = {});
    void block(place where, std::string_view reason, std::string text, std::string hint = {});
    void used_without_effect(place where, without consequence);

    // "found <the value>, expected <expected>". A secret's value is not shown.
    void wrong_type(const node& found, const std::string& expected, std::string hint = {});
    void out_of_range(const node& found, const std::string& expected, std::string hint = {});
    void refuse(const node& found, std::string_view reason, const std::string& expected,
                std::string hint = {});

    // Goes into a key; the reader stands there as long as the value lives.
    class step {
    public:
        step(reader& r, std::string_view key);
        ~step();
        step(const step&) = delete;
        step& operator=(const step&) = delete;

    private:
        reader& reader_;
        std::size_t size_before_;
    };

    std::size_t error_count() const { return seen_.errors; }
    // In the order of the file; at most 500 of each severity.
    diagnostics take_findings();

private:
    void add(severity level, place where, std::string_view reason, std::string text, std::string hint);
    void read_member(const option_table& options, const node& table, const member& m, void* target);
    void unknown_key(const option_table& options, const member& m);
    void missing_keys(const option_table& options, const node& table);
    bool holds_secret() const;

    std::string file_;
    std::string path_;
    std::vector<const option_table*> open_tables_;  // from the root to where the reader stands
    std::vector<std::string> open_paths_;
    diagnostics findings_;
    struct {
        std::size_t errors = 0, blocking = 0, warnings = 0;
    } seen_;
};

}  // namespace meerkat::config
