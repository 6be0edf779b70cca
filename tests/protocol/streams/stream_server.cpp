#include "tests/protocol/streams/stream_server.hpp"

#include "gateway/base/encoding.hpp"
#include "tests/support/shard_runner.hpp"

namespace meerkat::testing {

namespace {

general_options make_general() {
    general_options general;
    general.hosts = {"example.org"};
    general.default_server_domain = "example.org";
    return general;
}

auth::auth_settings make_accounts() {
    auth::auth_settings settings;
    settings.general.methods = {auth_method::internal};
    settings.general.password.scram_iterations = 16;
    return settings;
}

}  // namespace

stream_server::stream_server(access_options access)
    : general(std::make_shared<const general_options>(make_general())),
      rules(std::make_shared<const access_rules>(std::move(access), general.get()->hosts)),
      authenticator(make_accounts(), accounts, passwords, "secret of the server"),
      all(shards.all()),
      services{all, authenticator, rules, limits, general, {}} {
    for (unsigned i = 0; i < 2; ++i) {
        auto made = std::make_unique<home>(all, shards.all().at(i));
        host& here = made->add_host("example.org");
        made->serve_domain("example.org", here);
        services.by_shard.push_back(std::make_unique<client_streams>(services, *made));
        all.add(std::move(made));
    }
}

stream_server::~stream_server() {
    shut_down(std::chrono::milliseconds::zero());
    for (unsigned i : {0U, 1U}) shards.run(streams(i).finish(std::chrono::milliseconds::zero()), i);
    shards.all().stop();
    shards.all().join();
}

std::shared_ptr<fake_client> stream_server::connect(channel_manner how, client_options options,
                                                    std::optional<limit<std::size_t>> zlib) {
    auto client = std::make_shared<fake_client>(shards.all(), 0);
    auto profile = std::make_shared<stream_profile>();
    profile->options = std::move(options);
    profile->zlib = zlib;
    at(0, [this, &client, how, &profile] {
        streams(0).accept(std::make_unique<fake_channel>(client, how), profile, nullptr);
        return true;
    });
    return client;
}

std::shared_ptr<fake_client> stream_server::sign_in(const std::string& user, const std::string& resource) {
    auto client = connect();
    for (const std::string& each : whole_login(user, resource)) client->sends(each);
    client->next("<iq type='result' id='s1'>");
    return client;
}

std::string stream_server::user_at(unsigned shard) {
    std::string name;
    do {
        name = "user" + std::to_string(++last_user_);
    } while (shards.all().home_of(name + "@example.org") != shard);
    std::vector<sasl::scram_keys> keys{sasl::derive_keys(hash_function::sha256, "secret", "salt", 16)};
    const auto made = shards.run(accounts.create(name, "example.org", std::move(keys), std::nullopt));
    REQUIRE(made.has_value());
    return name;
}

std::size_t stream_server::sessions(unsigned shard) {
    return at(shard, [this, shard] { return all.at(shard).sessions().size(); });
}

std::size_t stream_server::live(unsigned shard) {
    return at(shard, [this, shard] { return streams(shard).live(); });
}

void stream_server::shut_down(unsigned shard, std::chrono::milliseconds grace) {
    shards.run(streams(shard).shut_down(grace), shard);
}

void stream_server::shut_down(std::chrono::milliseconds grace) {
    auto first = shards.start(streams(0).shut_down(grace), 0);
    auto second = shards.start(streams(1).shut_down(grace), 1);
    running_shards::get(std::move(first));
    running_shards::get(std::move(second));
}

void stream_server::pass(unsigned shard, std::chrono::milliseconds time) {
    at(shard, [time] {
        testing::pass(time);
        return true;
    });
}

std::string opening_tag() {
    return "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
           "to='example.org' version='1.0'>";
}

std::string plain_auth(const std::string& user, const std::string& password) {
    using namespace std::string_literals;
    return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" +
           to_base64("\0"s + user + "\0"s + password) + "</auth>";
}

std::string bind_request(const std::string& resource) {
    return "<iq xmlns='jabber:client' type='set' id='b1'><bind "
           "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" +
           resource + "</resource></bind></iq>";
}

std::string session_request() {
    return "<iq xmlns='jabber:client' type='set' id='s1'><session "
           "xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>";
}

std::vector<std::string> whole_login(const std::string& user, const std::string& resource) {
    return {opening_tag(), plain_auth(user), opening_tag(), bind_request(resource), session_request()};
}

}  // namespace meerkat::testing
