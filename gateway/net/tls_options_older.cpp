#include "gateway/net/tls_options_older.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace meerkat::net {

using namespace config;

namespace {

node text_node(std::string text, place where) { return {std::move(text), where}; }

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::string word_of(const node& suite, std::string_view key) {
    const node* const found = suite.find(key);
    return found && found->text() ? *found->text() : std::string();
}

// The suite's cipher as OpenSSL names it, "AES256-GCM", without key exchange and hash.
std::string openssl_cipher(const std::string& cipher) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> names = {{
        {"aes_128_cbc", "AES128"},
        {"aes_256_cbc", "AES256"},
        {"aes_128_gcm", "AES128-GCM"},
        {"aes_256_gcm", "AES256-GCM"},
        {"aes_128_ccm", "AES128-CCM"},
        {"aes_256_ccm", "AES256-CCM"},
        {"aes_128_ccm_8", "AES128-CCM8"},
        {"aes_256_ccm_8", "AES256-CCM8"},
        {"chacha20_poly1305", "CHACHA20-POLY1305"},
        {"3des_ede_cbc", "DES-CBC3"},
    }};
    for (const auto& [theirs, ours] : names) {
        if (theirs == cipher) return std::string(ours);
    }
    return {};
}

// A suite of four words as OpenSSL names it; nothing for one it has no name for.
std::optional<std::string> openssl_suite(const node& suite) {
    const std::string cipher = word_of(suite, "cipher");
    const std::string key_exchange = word_of(suite, "key_exchange");
    const std::string mac = word_of(suite, "mac");
    const std::string prf = word_of(suite, "prf");
    const std::string middle = openssl_cipher(cipher);
    if (middle.empty() || key_exchange.empty()) return std::nullopt;
    if (key_exchange == "any") return "TLS_" + upper(cipher) + '_' + upper(prf);  // TLS 1.3
    std::string name;
    if (key_exchange != "rsa") {
        name = upper(key_exchange);
        std::replace(name.begin(), name.end(), '_', '-');
        name += '-';
    }
    name += middle;
    if (cipher.ends_with("_gcm")) return name + '-' + upper(prf);
    if (cipher.ends_with("_cbc")) return name + '-' + upper(mac);
    return name;
}

bool holds_tables(const node& n) {
    return n.array() && !n.array()->empty() &&
           std::all_of(n.array()->begin(), n.array()->end(), [](const node& each) { return each.table(); });
}

void name_cipher_tables(rewriter& r, node& ciphers) {
    std::string names;
    for (const node& suite : *ciphers.array()) {
        auto name = openssl_suite(suite);
        if (!name) {
            r.error(suite.where(), "invalid_ciphers",
                    "this cipher suite has no OpenSSL name: expected the four strings cipher, key_exchange, "
                    "mac and prf",
                    "write ciphers as one string of OpenSSL names");
            continue;
        }
        names += (names.empty() ? "" : ":") + *name;
    }
    r.warn(ciphers.where(), "old_form", "this is an older form of ciphers, a table for each",
           "write ciphers = \"" + names + '"');
    ciphers = text_node(std::move(names), ciphers.where());
}

void erase(node& table, std::string_view key) {
    std::erase_if(*table.table(), [key](const member& m) { return m.key == key; });
}

// The default of the older TLS library: a list of versions written as if they were ciphers.
void move_versions_from_ciphers(rewriter& r, node& tls) {
    const node* const ciphers = tls.find("ciphers");
    if (!ciphers || !ciphers->text() || *ciphers->text() != "TLSv1.2:TLSv1.3") return;
    const place where = ciphers->where();
    r.warn(where, "old_form", "\"TLSv1.2:TLSv1.3\" names versions of TLS, not ciphers",
           "write versions = [\"tlsv1.2\", \"tlsv1.3\"] instead of ciphers");
    erase(tls, "ciphers");
    if (tls.find("versions")) return;
    node_array versions{text_node("tlsv1.2", where), text_node("tlsv1.3", where)};
    r.put(tls, "versions", {"versions", where, node(std::move(versions), where)});
}

bool holds_key(const std::string& certfile) {
    constexpr std::streamsize largest_pem = 1024 * 1024;
    std::ifstream file(certfile, std::ios::binary);
    std::string content(static_cast<std::size_t>(largest_pem), '\0');
    file.read(content.data(), largest_pem);
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return content.find("PRIVATE KEY-----") != std::string::npos;
}

void name_key_in_certfile(rewriter& r, node& tls) {
    const node* const certfile = tls.find("certfile");
    if (!certfile || !certfile->text() || tls.find("keyfile") || !holds_key(*certfile->text())) return;
    const place where = certfile->where();
    r.warn(where, "old_form", "certfile is written without keyfile: the key is taken from the same file",
           "write keyfile too");
    r.put(tls, "keyfile", {"keyfile", where, text_node(*certfile->text(), where)});
}

}  // namespace

void modernize_ciphers(rewriter& r, node& tls) {
    node* const ciphers = tls.find("ciphers");
    if (ciphers && holds_tables(*ciphers)) name_cipher_tables(r, *ciphers);
    move_versions_from_ciphers(r, tls);
}

void modernize_tls(rewriter& r, node& tls) {
    name_key_in_certfile(r, tls);
    modernize_ciphers(r, tls);
    if (r.read_as() >= "5.1.0"_r || tls.find("verify_mode")) return;
    const place where = tls.where();
    r.warn(where, "old_default",
           "verify_mode is not written: in files of " + to_string(r.read_as()) +
               " this means that clients are not asked for certificates",
           "write verify_mode = \"none\"");
    r.put(tls, "verify_mode", {"verify_mode", where, text_node("none", where)});
}

rewriting protocol_options_to_versions() {
    return [](rewriter& r, node& table, const member& old) {
        // An array that also holds what is no string is left for the reader to refuse.
        const node_array* const options = old.value.array();
        if (!options || !std::all_of(options->begin(), options->end(),
                                     [](const node& n) { return n.text() != nullptr; })) {
            r.put(table, "versions", old);
            return;
        }
        const auto left_out = [options](std::string_view name) {
            return std::any_of(options->begin(), options->end(),
                               [name](const node& n) { return *n.text() == name; });
        };
        node_array versions;
        std::string shown;
        for (const auto& [version, option] :
             {std::pair{"tlsv1.2", "no_tlsv1_2"}, std::pair{"tlsv1.3", "no_tlsv1_3"}}) {
            if (left_out(option)) continue;
            versions.push_back(text_node(version, old.where));
            shown += (shown.empty() ? "\"" : ", \"") + std::string(version) + '"';
        }
        r.warn(
            old.where, "old_name",
            "protocol_options is an older way to choose the versions of TLS; 1.0 and 1.1 are not served in "
            "any case (RFC 8996)",
            "write versions = [" + shown + "] instead");
        if (table.find("versions")) return;
        r.put(table, "versions", {"versions", old.where, node(std::move(versions), old.where)});
    };
}

rewriting verify_peer_to_verify_mode() {
    return [](rewriter& r, node& table, member old) {
        if (const bool* verify = old.value.boolean()) {
            const std::string mode = *verify ? "peer" : "none";
            r.warn(old.where, "old_name", "this is an older way to write verify_mode",
                   "write verify_mode = \"" + mode + "\" instead");
            // verify_mode stood beside it where another TLS library was chosen; it says more.
            if (table.find("verify_mode")) return;
            old.value = text_node(mode, old.value.where());
        }
        r.put(table, "verify_mode", std::move(old));
    };
}

}  // namespace meerkat::net
