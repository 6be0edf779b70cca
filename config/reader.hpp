#pragma once
// Walks a document along an option table and collects everything there is to say about it: never stops at
// the first finding. One reader reads one file.

#include "config/diagnostic.hpp"
#include "config/effective.hpp"
#include "config/option.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

class reader {
    // What holds for the option the reader stands at, or for all of the section it stands in.
    struct context {
        option_state state = option_state::works;
        bool reloadable = false;
        bool secret = false;
        bool served_anyway = false;
        std::string identity;  // of the entries of the array of tables at hand
        place where;           // of the option
    };

public:
    explicit reader(std::string file) : file_(std::move(file)) {}

    // Reads a table into `target`, the struct its option table was made for.
    void read(const option_table& options, const node& table, void* target);

    // Notes every option that holds, written or by default, from now on.
    void collect(effective_values& into) { values_ = &into; }
    // For options: the value that was read, as one would write it in the file.
    void note(std::string value);

    // For options and checks. The path is where the reader stands now.
    void error(place where, std::string_view reason, std::string text, std::string hint = {});
    void warn(place where, std::string_view reason, std::string text, std::string hint = {});
    void block(place where, std::string_view reason, std::string text, std::string hint = {});
    void used_without_effect(place where, without consequence);
    void without_purpose(place where);  // of what is known and never comes

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
        std::size_t size_before_, exact_before_;
    };

    // Goes into an entry of an array of tables; the entry's identity, or else its position, names it.
    class entry {
    public:
        using names = std::map<std::string, std::size_t>;  // how often each was seen in the array
        entry(reader& r, const node& table, std::size_t position, names& taken);
        ~entry();
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;

    private:
        reader& reader_;
        std::size_t exact_before_;
    };

    // Goes into a section that this release does nothing with: its options are checked, and no remark is made
    // about each.
    class idle_section {
    public:
        explicit idle_section(reader& r) : reader_(r) { ++r.idle_; }
        ~idle_section() { --reader_.idle_; }
        idle_section(const idle_section&) = delete;
        idle_section& operator=(const idle_section&) = delete;

    private:
        reader& reader_;
    };

    const std::string& path() const { return path_; }
    std::size_t error_count() const { return seen_.errors; }
    // In the order of the file; at most 500 of each severity.
    diagnostics take_findings();

private:
    void add(severity level, place where, std::string_view reason, std::string text, std::string hint);
    void read_member(const option_table& options, const member& m, void* target);
    void unknown_key(const option_table& options, const member& m);
    void missing_keys(const option_table& options, const node& table);
    void note_defaults(const option_table& options, const node& table);
    bool holds_secret() const;

    std::string file_;
    std::string path_;
    std::string exact_path_;  // the same with the entries of arrays told apart
    context context_;
    unsigned idle_ = 0;
    effective_values* values_ = nullptr;
    std::vector<const option_table*> open_tables_;  // from the root to where the reader stands
    std::vector<std::string> open_paths_;
    diagnostics findings_;
    struct {
        std::size_t errors = 0, blocking = 0, warnings = 0;
    } seen_;
};

}  // namespace meerkat::config
