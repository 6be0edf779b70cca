// What a file needs beyond right values: that the parts of it fit each other.

#include "tests/unit/app/configuration_maker.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace meerkat::testing {

using namespace config;

namespace {

// Everything at a path below `from`, with the table it stands in. Keys are joined by dots, `*` is any key,
// and arrays of tables are gone into.
void visit(node& from, std::string_view path, const std::function<void(node& in, member&)>& each) {
    if (!from.table()) return;
    const std::string_view key = path.substr(0, path.find('.'));
    const std::string_view rest = path.substr(std::min(key.size() + 1, path.size()));
    for (std::size_t i = 0; i < from.table()->size(); ++i) {
        member& m = from.table()->at(i);
        if (key != "*" && m.key != key) continue;
        if (rest.empty()) {
            each(from, m);
        } else if (m.value.table()) {
            visit(m.value, rest, each);
        } else if (m.value.array()) {
            for (node& item : *m.value.array()) visit(item, rest, each);
        }
    }
}

// The same for tables, in arrays or not.
void visit_tables(node& from, std::string_view path, const std::function<void(node&)>& each) {
    visit(from, path, [&](node&, member& m) {
        if (m.value.table()) each(m.value);
        if (!m.value.array()) return;
        for (node& item : *m.value.array())
            if (item.table()) each(item);
    });
}

void set(node& table, std::string_view key, node::content value) {
    node made(std::move(value), {});
    if (node* const present = table.find(key)) {
        *present = std::move(made);
    } else {
        table.table()->push_back({std::string(key), {}, std::move(made)});
    }
}

void erase(node& table, std::initializer_list<std::string_view> keys) {
    std::erase_if(*table.table(), [keys](const member& m) {
        return std::find(keys.begin(), keys.end(), m.key) != keys.end();
    });
}

std::string text_of(const node& table, std::string_view key) {
    const node* const found = table.find(key);
    return found && found->text() ? *found->text() : std::string();
}

class rules {
public:
    rules(node& root, release of, const std::string& wanted, const std::string& pem)
        : root_(root), of_(of), wanted_(wanted), pem_(pem) {}

    void satisfy() {
        general();
        listeners();
        shapers();
        older_names();
        everywhere(root_);
        scope(root_);
        visit_tables(root_, "host_config", [this](node& host) {
            if (!host.find("host_type")) set(host, "host", std::string("localhost"));
            scope(host);
        });
    }

private:
    bool is_wanted(std::string_view end) const { return wanted_.ends_with(end); }

    void general() {
        node* const section = root_.find("general");
        if (!section) return;
        set(*section, "hosts", node_array{node(std::string("localhost"), {})});
        if (is_wanted("host_types")) {
            set(*section, "host_types", node_array{node(std::string("example.org"), {})});
        } else {
            erase(*section, {"host_types"});
        }
    }

    void listeners() {
        std::int64_t port = 5000;
        visit_tables(root_, "listen.*", [&](node& listener) {
            set(listener, "port", ++port);
            erase(listener, {is_wanted("ip_version") ? "ip_address" : "ip_version"});
        });
        // Where sockets for servers had no certificate of their own.
        if (of_ < "5.1.0"_r) visit_tables(root_, "listen.s2s", [](node& s2s) { erase(s2s, {"tls"}); });
        // The file holds the key too: not every release had a key of its own to name.
        visit_tables(root_, "listen.*.tls", [this](node& tls) {
            set(tls, "certfile", pem_);
            if (tls.find("versions")) set(tls, "versions", node_array{node(std::string("tlsv1.2"), {})});
        });
    }

    // A rate, and a rule of the same name that gives it: older files name the rule.
    void shapers() {
        bool any = false;
        for (const char* const path :
             {"listen.*.shaper", "listen.*.shaper_rule", "listen.*.handlers.*.shaper", "s2s.outgoing.shaper",
              "host_config.s2s.outgoing.shaper"}) {
            visit(root_, path, [&any](node&, member& m) {
                m.value = node(std::string("fast"), m.where);
                any = true;
            });
        }
        if (!any) return;
        if (!root_.find("shaper")) set(root_, "shaper", node_table{});
        node& shapers = *root_.find("shaper");
        if (shapers.find("fast")) return;
        set(shapers, "fast", node_table{});
        set(*shapers.find("fast"), "max_rate", std::int64_t{1000});
    }

    // Wherever it stands.
    void everywhere(node& from) {
        for (member& m : *from.table()) {
            if (m.value.text() && (m.key == "certfile" || m.key == "keyfile")) m.value = node(pem_, m.where);
            if (m.value.array()) {
                for (node& item : *m.value.array())
                    if (item.table()) everywhere(item);
            }
            if (!m.value.table()) continue;
            if (m.key == "iqdisc" && m.value.find("workers")) set(m.value, "type", std::string("queues"));
            everywhere(m.value);
        }
    }

    // What one release called so, and another otherwise.
    void older_names() {
        visit_tables(root_, "auth", [](node& auth) {
            if (auth.find("scram_iterations")) set(auth, "scram_iterations", std::int64_t{4096});
        });
        visit_tables(root_, "services.service_mongoose_system_metrics", [this](node& reports) {
            if (of_ < "6.1.0"_r) erase(reports, {"tracking_id"});
        });
        visit_tables(root_, "outgoing_pools.cassandra.*.connection.servers", [](node& server) {
            if (!server.find("host")) set(server, "ip_address", std::string("127.0.0.1"));
        });
    }

    // What hosts may have of their own.
    void scope(node& from) {
        visit_tables(from, "s2s", [this](node& s2s) {
            if (s2s.find("use_starttls")) set(s2s, "certfile", pem_);
        });
        for (const char* const path : {"listen.http.handlers.*", "modules.mod_extdisco.service"}) {
            visit_tables(from, path, [this](node& table) {
                if (table.find("secret")) {
                    if (is_wanted("secret"))
                        erase(table, {"username", "password"});
                    else
                        erase(table, {"secret"});
                }
                if (table.find("username"))
                    set(table, "password", std::string("word"));
                else if (table.find("password"))
                    set(table, "username", std::string("name"));
            });
        }
        visit_tables(from, "listen.http.handlers.meerkat_static",
                     [this](node& files) { keep_one(files, {"directory", "bundle"}); });
        visit_tables(from, "auth.jwt.secret",
                     [this](node& secret) { keep_one(secret, {"value", "env", "file"}); });
        visit_tables(from, "modules.mod_muc_light.config_schema", [this](node& field) {
            keep_one(field, {"string_value", "integer_value", "float_value", "boolean_value", "value"});
            set(field, "field", std::string("topic"));
        });
        for (const char* const archive :
             {"modules.mod_mam", "modules.mod_mam.pm", "modules.mod_mam.muc", "modules.mod_mam_meta",
              "modules.mod_mam_meta.pm", "modules.mod_mam_meta.muc"}) {
            visit_tables(from, archive, [](node& mam) {
                if (mam.find("user_prefs_store")) set(mam, "user_prefs_store", std::string("mnesia"));
            });
        }
        visit_tables(from, "modules.mod_keystore.keys", [this](node& key) {
            if (text_of(key, "type") == "file" && !key.find("file")) set(key, "path", pem_);
        });
        for (const char* const path :
             {"s2s.host_policy", "s2s.outgoing.address", "s2s.address", "modules.mod_keystore.keys",
              "modules.mod_auth_token.validity_period", "modules.mod_pubsub.pep_mapping",
              "modules.mod_pubsub_old.pep_mapping", "modules.mod_muc_light.config_schema",
              "modules.mod_event_pusher.http.handlers", "modules.mod_event_pusher.backend.http.handlers"}) {
            visit(from, path, [](node&, member& m) {
                if (node_array* items = m.value.array())
                    items->resize(std::min<std::size_t>(items->size(), 1));
            });
        }
        visit_tables(from, "outgoing_pools.*.*", [](node& pool) {
            if (pool.find("max_worker_queue_len")) set(pool, "strategy", std::string("best_worker"));
        });
        visit_tables(from, "outgoing_pools.rdbms.*.connection",
                     [this](node& connection) { relational(connection); });
    }

    // One of several options that exclude each other: the one that is wanted, or the first there is.
    void keep_one(node& table, std::initializer_list<std::string_view> keys) {
        std::string_view kept;
        for (const std::string_view key : keys) {
            if (table.find(key) && (kept.empty() || is_wanted(std::string(".") += key))) kept = key;
        }
        if (kept.empty()) set(table, *keys.begin(), std::string("/tmp"));
        for (const std::string_view key : keys) {
            if (!kept.empty() && key != kept) erase(table, {key});
        }
    }

    void relational(node& connection) {
        const bool tls = connection.find("tls") != nullptr;
        if (is_wanted("settings")) {
            set(connection, "driver", std::string("odbc"));
            erase(connection, {"host", "database", "username", "password", "tls"});
            return;
        }
        if (tls || text_of(connection, "driver") == "odbc") set(connection, "driver", std::string("pgsql"));
        erase(connection, {"settings"});
        for (const char* const key : {"host", "database", "username", "password"})
            set(connection, key, std::string("word"));
    }

    node& root_;
    release of_;
    const std::string& wanted_;
    const std::string& pem_;
};

}  // namespace

void satisfy_cross_section_rules(node& root, release of, const std::string& wanted,
                                 const std::string& pem_file) {
    rules(root, of, wanted, pem_file).satisfy();
}

}  // namespace meerkat::testing
