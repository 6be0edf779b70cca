#include "xmpp/modules/options/module_pieces.hpp"

#include "xmpp/address/jid.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <limits>
#include <optional>
#include <utility>

namespace meerkat::module_pieces {

using namespace config;

namespace {

// What survives as the local part of an address is free of every separator, which a domain must be.
std::optional<std::string> prepared_domain(const std::string& text) {
    if (!nodeprep(text)) return std::nullopt;
    return nameprep(text);
}

std::optional<std::string> prepared_template(const std::string& text) {
    constexpr std::string_view ending = ".@HOST@";
    if (!text.ends_with(ending)) return prepared_domain(text);
    auto prefix = prepared_domain(text.substr(0, text.size() - ending.size()));
    if (!prefix) return std::nullopt;
    return *prefix + std::string(ending);
}

}  // namespace

shape<std::string> one_word_of(std::initializer_list<const char*> words) {
    std::vector<word<std::string>> pairs;
    for (const char* each : words) pairs.emplace_back(each, each);
    return one_of<std::string>(pairs);
}

shape<std::int64_t> at_least(std::int64_t min, std::string_view unit) {
    return whole_number(min, std::numeric_limits<std::int64_t>::max(), unit);
}

shape<std::string> domain_name() {
    return prepared_text("a domain", "validate_domain_failed", prepared_domain, "example.org");
}

shape<std::string> host_template() {
    return prepared_text("a domain, or a name followed by \".@HOST@\"", "validate_domain_failed",
                         prepared_template, "service.@HOST@");
}

shape<std::string> code_name() { return non_empty_text(); }

option async_writer_pool() {
    const known_table inside{
        known("pool_size", at_least(0), std::nullopt,
              "The number of writers; if unset, two for each processor."),
    };
    return throughout(known_section("async_writer", inside, "Writing to the database in the background."),
                      {.since = "5.1.0"_r, .until = {}});
}

option cache(std::string key, std::int64_t usual_minutes, std::string meaning) {
    const known_table inside{
        known("module", one_word_of({"internal", "mod_cache_users"}), "internal",
              "A cache of its own, or the one of mod_cache_users; then the other keys are ignored."),
        known("strategy", one_word_of({"fifo", "lru"}), "fifo",
              "What is forgotten first: what came first, or what was used least recently."),
        known("time_to_live", limited(at_least(1, " (minutes)")), limit<std::int64_t>(usual_minutes),
              "How long an entry is kept."),
        known("number_of_segments", at_least(1), 3, "The number of parts that are forgotten one by one."),
    };
    return throughout(known_section(std::move(key), inside, std::move(meaning)),
                      {.since = "5.1.0"_r, .until = {}});
}

}  // namespace meerkat::module_pieces
