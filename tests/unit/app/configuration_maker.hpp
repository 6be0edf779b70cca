#pragma once
// Makes configuration files out of the option tables: whichever options are asked for, with values their
// kinds allow, and whatever else the file then needs to be right. The same seed makes the same file.

#include "config/document.hpp"
#include "config/option.hpp"
#include "config/release.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_certificate.hpp"

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace meerkat::testing {

// Keys joined by dots, with the names that sections have in the file, without positions in arrays; as in
// findings.
using option_path = std::string;

// Where an option stands in a file.
struct option_use {
    const config::option* entry;
    const config::option_table* among;
    config::node* in;  // the table with the option's key
    option_path path;
    option_path section;  // of the table

    config::node& value() const { return *in->find(entry->key); }
};

class configuration_maker {
public:
    // Options that a release has; those of Meerkat alone and older spellings if it has them too.
    explicit configuration_maker(const config::option_table& root,
                                 config::release of = config::releases::newest);

    void seed(unsigned value) { random_.seed(value); }
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

    // A file with some of the options.
    config::node some();
    // A file with one option (a path of config::list_options) and what it cannot be without.
    config::node with(const std::string& listed_path);

    // Every option of a file, sections included, that has an entry in the table.
    std::vector<option_use> uses(config::node& root) const;

    config::node value(const config::value_kind& kind);

private:
    using choice = std::function<bool(const config::option&, const std::string& listed_path)>;

    config::node make(const choice& wanted);
    config::node table(const config::option_table& options, const std::string& path, const choice& wanted);
    config::node section(const config::option& o, const std::string& path, const choice& wanted);
    config::node list(const config::value_kind& kind);
    std::string text(const config::value_kind& kind);
    std::int64_t integer(const config::value_kind& kind);
    config::place next_place() { return {++line_, 5}; }

    const config::option_table& root_;
    config::release release_;
    std::mt19937 random_;
    std::uint32_t line_ = 0;
    temporary_directory folder_;
    test_certificate certificate_;
    std::string pem_;  // a file with a certificate and its key
};

// What relates options to each other: makes a file right that has right values only. `wanted` is the listed
// path of an option that must stay, or empty.
void satisfy_cross_section_rules(config::node& root, config::release of, const std::string& wanted,
                                 const std::string& pem_file);

}  // namespace meerkat::testing
