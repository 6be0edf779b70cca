// Every mechanism against arbitrary messages: whatever comes, nobody gets in but by the one conversation that
// proves the password. The first byte chooses the mechanism; newlines part the messages.

#include "tests/support/fuzz_check.hpp"
#include "tests/support/scram_client.hpp"
#include "xmpp/sasl/anonymous.hpp"
#include "xmpp/sasl/external.hpp"
#include "xmpp/sasl/plain.hpp"
#include "xmpp/sasl/scram.hpp"

#include <vector>

using namespace meerkat;
using namespace meerkat::sasl;
using meerkat::testing::scram_client;

namespace {

constexpr unsigned iterations = 2;

scram_keys keys_for(hash_function hash) {
    return derive_keys(hash, "secret", "0123456789abcdef", iterations);
}

std::unique_ptr<server_mechanism> make(unsigned choice) {
    if (choice % 8 == 5) return make_plain();
    if (choice % 8 == 6) return make_anonymous();
    if (choice % 8 == 7) {
        using enum external_form;
        const bool single = choice % 16 >= 8;
        return make_external(
            {.forms = {standard, common_name, auth_id},
             .prefix = {},
             .suffix = {},
             .domain = "localhost",
             .certificate = certificate_names{"juliet", single ? std::vector<std::string>{"juliet@localhost"}
                                                               : std::vector<std::string>{}}});
    }
    scram_settings s;
    s.hash = static_cast<hash_function>(choice % 8 % hash_function_count);
    s.plus = s.plus_advertised = choice % 16 >= 8;
    if (s.plus) s.facts = {.encrypted = true, .tls_exporter = "exporter"};
    s.domain = "localhost";
    s.nonce = "server";
    s.secret = "a secret";
    s.iterations = iterations;
    return make_scram(std::move(s));
}

// The only final message that may succeed after this first one of the client.
std::string right_answer(unsigned choice, std::string_view first, const std::string& server_first) {
    const auto hash = static_cast<hash_function>(choice % 8 % hash_function_count);
    const std::size_t bare = first.find(',', first.find(',') + 1) + 1;
    scram_client client{.hash = hash, .password = "secret"};
    client.header = first.substr(0, bare);
    client.nonce = scram_client::attribute(std::string(first.substr(bare)), 'r').value_or("");
    client.user = scram_client::attribute(std::string(first.substr(bare)), 'n').value_or("");
    if (choice % 16 >= 8) client.binding_data = "exporter";
    return client.final_message(server_first).value_or("");
}

step_result answer(server_mechanism& mechanism, step_result next) {
    if (const auto* const keys = std::get_if<need_keys>(&next)) {
        const scram_keys known = keys_for(keys->hash);
        return mechanism.supply_keys(keys->local == "juliet" ? &known : nullptr);
    }
    if (const auto* const asked = std::get_if<need_password>(&next)) {
        FUZZ_CHECK(!asked->local.empty() && !asked->password.empty());
        return mechanism.supply_verdict(asked->local == "juliet" && asked->password == "secret");
    }
    if (const auto* const named = std::get_if<need_consent>(&next)) {
        FUZZ_CHECK(!named->local.empty());
        return mechanism.supply_verdict(named->local == "juliet");
    }
    if (std::holds_alternative<need_name>(next)) return mechanism.supply_name("anonymous");
    return next;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
    const unsigned choice = *data;
    const auto mechanism = make(choice);
    std::vector<std::string_view> said;
    std::string server_first;
    for (bool over = false; !over;) {
        said.push_back(rest.substr(0, rest.find('\n')));
        over = said.back().size() == rest.size();
        rest.remove_prefix(std::min(rest.size(), said.back().size() + 1));
        const step_result next = answer(*mechanism, mechanism->step(said.back()));
        if (const auto* const more = std::get_if<challenge>(&next)) server_first = more->data;
        if (const auto* const done = std::get_if<success>(&next)) {
            FUZZ_CHECK(done->local == (choice % 8 == 6 ? "anonymous" : "juliet"));
            FUZZ_CHECK(choice % 8 >= 5 ||
                       (said.size() == 2 && said[1] == right_answer(choice, said[0], server_first)));
            over = true;
        }
    }
    return 0;
}
