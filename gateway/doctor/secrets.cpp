#include "gateway/doctor/secrets.hpp"

#include <algorithm>
#include <array>

namespace meerkat::doctor {

namespace {

using config::node;

bool names_secret(std::string_view key) {
    constexpr std::array<std::string_view, 4> words{"password", "secret", "token", "passphrase"};
    return std::any_of(words.begin(), words.end(), [key](std::string_view word) {
        return key == word || (key.ends_with(word) && key[key.size() - word.size() - 1] == '_');
    });
}

std::string_view text_of(const node* value) {
    if (value == nullptr || value->text() == nullptr) return {};
    return *value->text();
}

// What a key of such a name holds: a text, or one in a table, as in auth.jwt.secret = {value = "..."}, where
// a file or an environment variable may stand instead. Null: nothing secret here.
const node* secret_of(const config::member& entry) {
    if (!names_secret(entry.key)) return nullptr;
    const node* held = entry.value.table() != nullptr ? entry.value.find("value") : &entry.value;
    return held != nullptr && held->text() != nullptr ? held : nullptr;
}

void collect(const node& from, const std::string& path, std::vector<written_secret>& all) {
    if (const auto* elements = from.array()) {
        for (const node& each : *elements) collect(each, path, all);
        return;
    }
    if (from.table() == nullptr) return;
    std::string_view user = text_of(from.find("username"));
    if (user.empty()) user = text_of(from.find("user"));
    for (const config::member& each : *from.table()) {
        const std::string here = path.empty() ? each.key : path + '.' + each.key;
        if (const node* secret = secret_of(each))
            all.push_back(
                {secret == &each.value ? here : here + ".value", secret->where(), *secret->text(), user});
        else
            collect(each.value, here, all);
    }
}

}  // namespace

std::vector<written_secret> secrets_in(const node& document) {
    std::vector<written_secret> all;
    collect(document, {}, all);
    std::sort(all.begin(), all.end(),
              [](const written_secret& a, const written_secret& b) { return a.where < b.where; });
    std::erase_if(all, [](const written_secret& each) {
        // No passphrase is a passphrase of nothing.
        return each.value.empty() && each.path.ends_with("tls.password");
    });
    return all;
}

}  // namespace meerkat::doctor
