#include "gateway/doctor/files.hpp"

#include "gateway/doctor/secrets.hpp"

#include <set>

namespace meerkat::doctor {

namespace {

namespace fs = std::filesystem;

constexpr unsigned may_read = 4;
constexpr unsigned may_write = 2;
constexpr unsigned may_enter = 1;
constexpr std::uint64_t little_space = std::uint64_t{1024} * 1024 * 1024;
constexpr std::uint64_t few_descriptors = 65'536;

const char* const as_the_server =
    "run the doctor as the user of the server, and let that user read it: "
    "chgrp and chmod g+r give a group the right";

void examine_configuration_file(const site& examined, const world& around, findings& all) {
    const std::string where = "the configuration file " + examined.file.string();
    const auto facts = around.look_at(examined.file);
    if (!facts) return;  // it came from elsewhere
    const std::string name = examined.file.string();
    if (facts->others_may(may_write)) {
        all.push_back(problem("configuration_writable", where, "every user of this machine may change it",
                              "chmod o-w " + name));
    }
    const auto kept = secrets_in(examined.document);
    if (facts->others_may(may_read) && !kept.empty()) {
        all.push_back(problem(
            "configuration_readable", where,
            "every user of this machine may read it, and it holds secrets: line " +
                std::to_string(kept.front().where.line) + ", " + kept.front().path,
            "chmod o-r " + name + ", and make sure that the server's user still may: chgrp to its group"));
    } else if (!facts->others_may(may_write)) {
        all.push_back(
            fine("configuration_protected", where,
                 kept.empty() ? "holds no secrets" : "holds secrets, and strangers may not read it"));
    }
}

void examine_key(const std::string& file, const file_facts& facts, findings& all) {
    const std::string where = "the key " + file;
    if (!facts.readable) {
        all.push_back(problem("key_not_readable", where, "this user may not read it", as_the_server));
    }
    if (facts.others_may(may_read | may_write)) {
        all.push_back(problem(
            "key_open_to_all", where,
            "every user of this machine may read or change it, and so pass for this server",
            "chmod o= " + file + "; if somebody may have read it, get a new certificate with a new key"));
    } else if (facts.group_may(may_read | may_write)) {
        all.push_back(advice("key_open_to_group", where, "its whole group may read or change it",
                             "chmod 600 " + file +
                                 " if the server's user owns it; else make sure that nobody else is "
                                 "in the group"));
    } else if (facts.readable) {
        all.push_back(fine("key_protected", where, "only its owner may read it"));
    }
}

void examine_tls_files(const site& examined, const world& around, findings& all) {
    std::set<std::string> seen;
    for (const entrance& each : entrances_of(examined.settings)) {
        if (each.tls == nullptr) continue;
        for (const net::named_certificate& files : certificates_of(*each.tls)) {
            if (seen.insert(files.keyfile).second) {
                const auto key = around.look_at(files.keyfile);
                if (key) examine_key(files.keyfile, *key, all);
            }
            if (!seen.insert(files.certfile).second) continue;
            const auto certificate = around.look_at(files.certfile);
            if (certificate && !certificate->readable)
                all.push_back(problem("certificate_not_readable", "the certificate " + files.certfile,
                                      "this user may not read it", as_the_server));
        }
    }
}

// The nearest folder above that exists.
fs::path existing_parent(const fs::path& folder, const world& around) {
    fs::path at = folder;
    while (at.has_parent_path() && at != at.parent_path()) {
        at = at.parent_path();
        if (around.look_at(at)) return at;
    }
    return folder.is_absolute() ? fs::path("/") : fs::path(".");
}

void examine_space(const fs::path& folder, const world& around, findings& all) {
    const auto space = around.free_space(folder);
    if (!space) return;
    constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;
    const std::string where = "the disk of data_dir " + folder.string();
    const std::string found = std::to_string(*space / mebibyte) + " MiB are free";
    if (*space < little_space) {
        all.push_back(
            advice("little_space", where, found,
                   "make room, at least 1024 MiB: without any, nothing that users store is accepted"));
    } else {
        all.push_back(fine("enough_space", where, found));
    }
}

void examine_data(const site& examined, const world& around, findings& all) {
    const fs::path& folder = examined.settings.process.data_dir;
    const std::string where = "data_dir " + folder.string();
    const auto facts = around.look_at(folder);
    if (!facts) {
        const fs::path parent = existing_parent(folder, around);
        const auto above = around.look_at(parent);
        if (above && !above->writable)
            all.push_back(problem("data_dir_missing", where,
                                  "does not exist, and this user may not make it in " + parent.string(),
                                  "make it and give it to the server's user: mkdir -p, chown, chmod 700"));
        else
            all.push_back(fine("data_dir_missing", where, "does not exist yet; the server makes it"));
        examine_space(parent, around, all);
        return;
    }
    if (!facts->directory) {
        all.push_back(
            problem("data_dir_is_file", where, "is not a folder", "remove it, or write another data_dir"));
        return;
    }
    if (!facts->writable) {
        all.push_back(
            problem("data_dir_not_writable", where, "this user may not write there",
                    "run the doctor as the user of the server, and give that user the folder: chown -R"));
    }
    if (facts->others_may(may_write)) {
        all.push_back(problem("data_dir_open_to_all", where,
                              "every user of this machine may put files there or remove them",
                              "chmod 700 " + folder.string()));
    } else if (facts->others_may(may_read | may_enter)) {
        all.push_back(
            advice("data_dir_readable", where,
                   "every user of this machine may look into it; it holds the accounts and what users store",
                   "chmod 700 " + folder.string() + "; under systemd, StateDirectoryMode=0700"));
    } else if (facts->writable) {
        all.push_back(fine("data_dir_protected", where, "writable, and closed to strangers"));
    }
    examine_space(folder, around, all);
}

void examine_descriptors(const world& around, findings& all) {
    const std::string where = "the limit of open files (RLIMIT_NOFILE, hard)";
    const auto limit = around.descriptor_limit();
    if (!limit || *limit >= few_descriptors) {
        all.push_back(fine("enough_descriptors", where, limit ? std::to_string(*limit) : "unlimited"));
        return;
    }
    all.push_back(
        advice("few_descriptors", where, std::to_string(*limit) + " here: every connection takes one of them",
               "set LimitNOFILE=65536 in the systemd unit, or raise it in /etc/security/limits.conf"));
}

}  // namespace

findings examine_files(const site& examined, world& around) {
    findings all;
    examine_configuration_file(examined, around, all);
    examine_tls_files(examined, around, all);
    examine_data(examined, around, all);
    examine_descriptors(around, all);
    return all;
}

}  // namespace meerkat::doctor
