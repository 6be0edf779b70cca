#include "gateway/doctor/certificates.hpp"

#include "gateway/doctor/certificate_chain.hpp"
#include "gateway/doctor/certificate_names.hpp"
#include "gateway/net/server_names.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace meerkat::doctor {

namespace {

using days = std::chrono::days;
using time_point = std::chrono::system_clock::time_point;

constexpr days soon{30};
constexpr days very_soon{14};
// RSA of 2048 bits and elliptic curves of 224 have as much (NIST SP 800-57); OpenSSL refuses less on Debian.
constexpr int least_security_bits = 112;

// One certificate with its key, and everybody who shows it: to all that ask for no name of another one, or to
// those that ask for some domains.
struct showing {
    entrance by;
    std::vector<std::string> domains;  // none: the listener's default certificate
};
struct shown_certificate {
    net::named_certificate files;
    std::vector<showing> shown;

    std::string name() const {
        std::string all;
        for (const showing& each : shown) all += (all.empty() ? "" : "; ") + each.by.place();
        return "the certificate " + files.certfile + " (" + all + ")";
    }
};

std::vector<shown_certificate> shown_certificates(const configuration& settings) {
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;
    std::vector<shown_certificate> all;
    for (const entrance& each : entrances_of(settings)) {
        if (each.tls == nullptr) continue;
        for (net::named_certificate& files : certificates_of(*each.tls)) {
            const auto [at, fresh] =
                known.try_emplace({files.certfile, files.keyfile, files.password}, all.size());
            showing as{each, std::move(files.domains)};
            if (fresh) all.push_back({std::move(files), {}});
            all[at->second].shown.push_back(std::move(as));
        }
    }
    return all;
}

std::string date(time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    std::array<char, 32> text{};
    ::gmtime_r(&seconds, &parts);
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return text.data();
}

void examine_key(const shown_certificate& shown, const std::vector<certificate_ptr>& chain, findings& all) {
    const std::string where = "the key " + shown.files.keyfile;
    const key_reading reading = read_key(shown.files.keyfile, shown.files.password);
    if (!reading.key) {
        switch (reading.trouble) {
            case key_trouble::unreadable:
                all.push_back(problem("key_unusable", where, reading.reason,
                                      "name the private key that the certificate was requested with"));
                break;
            case key_trouble::passphrase_missing:
                all.push_back(problem("passphrase_missing", where, reading.reason,
                                      "write password = \"...\" beside keyfile, or take the passphrase off: "
                                      "openssl pkey -in OLD -out NEW"));
                break;
            case key_trouble::passphrase_wrong:
                all.push_back(problem("passphrase_wrong", where, reading.reason,
                                      "correct the password beside keyfile"));
                break;
        }
        return;
    }
    const auto owner = std::ranges::find_if(chain, [&reading](const certificate_ptr& each) {
        return X509_check_private_key(each.get(), reading.key.get()) == 1;
    });
    if (owner == chain.begin()) {
        all.push_back(fine("key_matches", where, "belongs to the certificate"));
    } else if (owner != chain.end()) {
        all.push_back(
            problem("certificate_not_first", where,
                    "belongs to certificate " + std::to_string(owner - chain.begin() + 1) +
                        " of the file, not to the first, which is the one that is shown",
                    "put the server's own certificate first in certfile, the intermediate ones behind it"));
    } else {
        all.push_back(problem("key_of_another", where,
                              "does not belong to the certificate " + shown.files.certfile,
                              "name the key that this certificate was requested with"));
    }
}

void examine_time(const X509* own, time_point now, const std::string& where, findings& all) {
    const time_point begin = begin_of(own);
    const time_point end = end_of(own);
    const auto left = std::chrono::floor<days>(end - now);
    const std::string when = "expires on " + date(end) + ", in " + std::to_string(left.count()) +
                             (left == days(1) ? " day" : " days");
    if (begin > now) {
        all.push_back(problem("not_yet_valid", where, "is not valid before " + date(begin),
                              "check the clock of this machine, or use the certificate that is valid now"));
    } else if (end <= now) {
        all.push_back(problem("expired", where, "expired on " + date(end) + ": clients refuse it",
                              "renew it and put the new one in its place"));
    } else if (left < very_soon) {
        all.push_back(advice("expires_very_soon", where, when,
                             "renew it now, and find out why that has not happened by itself"));
    } else if (left < soon) {
        all.push_back(advice("expires_soon", where, when, "renew it, or make sure that something does"));
    } else {
        all.push_back(fine("valid", where, when));
    }
}

bool signed_with_broken_hash(X509* certificate, std::string& hash) {
    int digest = NID_undef;
    if (X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) != 1) return false;
    if (digest != NID_sha1 && digest != NID_md5) return false;
    hash = OBJ_nid2sn(digest);
    return true;
}

void examine_strength(const std::vector<certificate_ptr>& chain, const std::string& where, findings& all) {
    bool strong = true;
    for (const certificate_ptr& each : chain) {
        // What signs itself is trusted for being known, not for its signature.
        const bool own = each == chain.front();
        const bool root = !own && X509_self_signed(each.get(), 0) == 1;
        EVP_PKEY* const key = X509_get0_pubkey(each.get());
        if (key != nullptr && EVP_PKEY_get_security_bits(key) < least_security_bits) {
            strong = false;
            all.push_back(problem(
                "weak_key", where,
                "the key of \"" + subject_of(each.get()) + "\" is weak: " + EVP_PKEY_get0_type_name(key) +
                    " of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits",
                "get a new certificate with a key of type EC P-256, or RSA of 2048 bits at least"));
        }
        std::string hash;
        if (!root && signed_with_broken_hash(each.get(), hash)) {
            strong = false;
            all.push_back(problem("weak_signature", where,
                                  "the certificate of \"" + subject_of(each.get()) + "\" is signed with " +
                                      hash + ", which clients refuse",
                                  "get a new certificate signed with SHA-256"));
        }
    }
    if (strong) all.push_back(fine("strong", where, "keys and signatures are strong enough"));
}

// Plain names that the handlers of a listener answer to; none where they answer to every name.
std::vector<std::string> handler_hosts(const http_listener_options& listener) {
    std::set<std::string> names;
    for (const http_handler_options& each : listener.handlers) {
        if (each.host == "_" || each.host.find_first_of("[]:*") != std::string::npos) return {};
        names.insert(each.host);
    }
    return {names.begin(), names.end()};
}

struct wanted_names {
    std::vector<std::string> for_clients;   // served domains
    std::vector<std::string> for_browsers;  // names of handlers
    std::vector<std::string> perhaps;       // served domains, where handlers answer to any name
};

// Names that clients are shown another certificate of the listener for.
bool has_its_own(const net::tls_options& tls, const std::string& domain) {
    const auto name = net::server_name_pattern(domain);
    return name && std::ranges::any_of(tls.certificates, [&name](const net::named_certificate& each) {
               return std::ranges::any_of(each.domains, [&name](const std::string& pattern) {
                   return pattern == *name || pattern == net::wildcard_over(*name);
               });
           });
}

// A name may be wanted more than once.
wanted_names wanted_by(const std::vector<showing>& shown, const std::vector<std::string>& served) {
    wanted_names wanted;
    for (const auto& [by, domains] : shown) {
        const bool browsers = by.http != nullptr;
        auto& surely = browsers ? wanted.for_browsers : wanted.for_clients;
        surely.insert(surely.end(), domains.begin(), domains.end());
        if (!domains.empty()) continue;
        const auto named = browsers ? handler_hosts(*by.http) : served;
        const bool any = browsers && named.empty();
        auto& into = any ? wanted.perhaps : surely;
        std::ranges::copy_if(any ? served : named, std::back_inserter(into),
                             [&by](const std::string& each) { return !has_its_own(*by.tls, each); });
    }
    std::ranges::sort(wanted.for_browsers);
    return wanted;
}

void examine_names_of(X509* own, const shown_certificate& shown, const std::vector<std::string>& served,
                      const std::string& where, findings& all) {
    const wanted_names wanted = wanted_by(shown.shown, served);
    std::vector<std::string> covered, missing, old_way, perhaps_missing;
    const auto sort_out = [&](const std::vector<std::string>& names, audience whom,
                              std::vector<std::string>& without) {
        for (const std::string& name : names) {
            const coverage found = covers(own, name, whom);
            auto& into = found == coverage::full ? covered : found == coverage::none ? without : old_way;
            if (std::ranges::find(into, name) == into.end()) into.push_back(name);
        }
    };
    sort_out(wanted.for_clients, audience::xmpp_clients, missing);
    sort_out(wanted.for_browsers, audience::browsers, missing);
    sort_out(wanted.perhaps, audience::browsers, perhaps_missing);
    std::erase_if(perhaps_missing, [&missing](const std::string& name) {
        return std::ranges::find(missing, name) != missing.end();
    });
    const std::string its_names = "; its names are " + listed(names_of(own));
    if (!missing.empty())
        all.push_back(problem("name_missing", where, "does not cover " + listed(missing) + its_names,
                              "get a certificate whose subjectAltName holds every name that is served"));
    if (!perhaps_missing.empty())
        all.push_back(
            advice("name_missing_for_browsers", where,
                   "does not cover " + listed(perhaps_missing) + " for browsers" + its_names,
                   "get a certificate that holds them as dNSName, unless browsers come by another name"));
    if (!old_way.empty())
        all.push_back(advice("common_name_only", where,
                             "names " + listed(old_way) +
                                 " in its subject alone, where browsers and most "
                                 "clients no longer look",
                             "get a certificate that holds the names as subjectAltName"));
    if (missing.empty() && perhaps_missing.empty() && old_way.empty() && !covered.empty())
        all.push_back(fine("names_covered", where, "covers " + listed(covered)));
}

bool readable(const world& around, const std::string& file) {
    const auto facts = around.look_at(file);
    return !facts || facts->readable;
}

}  // namespace

findings examine_certificates(const site& examined, world& around) {
    findings all;
    for (const shown_certificate& shown : shown_certificates(examined.settings)) {
        if (!readable(around, shown.files.certfile)) continue;
        const std::string where = shown.name();
        const auto chain = read_certificates(shown.files.certfile);
        if (chain.has_error()) {
            all.push_back(problem("certificate_unusable", where, chain.error().detail,
                                  "name a PEM file that begins with -----BEGIN CERTIFICATE-----"));
            continue;
        }
        if (readable(around, shown.files.keyfile)) examine_key(shown, *chain, all);
        X509* const own = chain->front().get();
        examine_names_of(own, shown, examined.settings.general.hosts, where, all);
        examine_time(own, around.now(), where, all);
        examine_strength(*chain, where, all);
        const findings about_chain = examine_chain(*chain, where, around.authorities(), around.now());
        all.insert(all.end(), about_chain.begin(), about_chain.end());
    }
    return all;
}

}  // namespace meerkat::doctor
