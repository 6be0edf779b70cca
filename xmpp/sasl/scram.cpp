#include "xmpp/sasl/scram.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/sasl/scram_message.hpp"

#include <utility>

namespace meerkat::sasl {

namespace {

constexpr std::size_t nonce_bytes = 18;  // 24 characters

failure malformed() { return {condition::malformed_request, {}}; }
failure refused() { return {condition::not_authorized, {}}; }

std::string exclusive_or(std::string_view a, std::string_view b) {
    std::string out(a);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
    return out;
}

class scram final : public server_mechanism {
public:
    explicit scram(scram_settings settings) : settings_(std::move(settings)) {}

    step_result step(std::string_view message) override {
        if (message.size() > max_message) return malformed();
        switch (std::exchange(state_, state::over)) {
            case state::first:
                return take_first(message);
            case state::last:
                return take_final(message);
            case state::keys:
            case state::over:
                break;
        }
        return malformed();
    }

    step_result supply_keys(const scram_keys* keys) override {
        if (std::exchange(state_, state::over) != state::keys) return server_mechanism::supply_keys(keys);
        // Made in either case, so that the time does not tell which it is.
        scram_keys feigned =
            simulated_keys(settings_.hash, settings_.secret, local_, settings_.domain, settings_.iterations);
        known_ = keys != nullptr && keys->hash == settings_.hash;
        keys_ = known_ ? *keys : std::move(feigned);
        server_first_ =
            "r=" + nonce_ + ",s=" + to_base64(keys_.salt) + ",i=" + std::to_string(keys_.iterations);
        state_ = state::last;
        return challenge{server_first_};
    }

private:
    enum class state : std::uint8_t { first, keys, last, over };

    step_result take_first(std::string_view message) {
        bool mandatory_extension = false;
        const auto first = parse_client_first(message, mandatory_extension);
        if (mandatory_extension) return refused();
        if (!first) return malformed();
        if (!binding_agrees(*first)) return refused();

        auto local = nodeprep(first->user);
        if (!local) return refused();
        local_ = std::move(*local);
        if (!first->authzid.empty() && !is_own_address(first->authzid)) return refused();
        authzid_ = first->authzid;

        expected_binding_ = first->gs2_header;
        if (settings_.plus) expected_binding_ += *settings_.facts.binding(first->binding_type);
        client_first_bare_ = first->bare;
        nonce_ = std::string(first->nonce) + settings_.nonce;
        state_ = state::keys;
        return need_keys{local_, settings_.hash};
    }

    bool binding_agrees(const client_first& first) const {
        switch (first.flag) {
            case binding_flag::unsupported:
                return !settings_.plus;
            case binding_flag::not_advertised:
                // RFC 5802, section 6: somebody in between took the -PLUS names out of the list.
                return !settings_.plus && !settings_.plus_advertised;
            case binding_flag::used:
                return settings_.plus && settings_.facts.binding(first.binding_type).has_value();
        }
        return false;
    }

    bool is_own_address(std::string_view authzid) const {
        const auto address = jid::parse(authzid);
        return address && address->local() == local_ && address->domain() == settings_.domain &&
               address->is_bare();
    }

    step_result take_final(std::string_view message) {
        bool mandatory_extension = false;
        const auto last = parse_client_final(message, mandatory_extension);
        if (mandatory_extension) return refused();
        if (!last) return malformed();

        const std::string signed_text =
            client_first_bare_ + ',' + server_first_ + ',' + std::string(last->without_proof);
        const bool proven = proof_fits(last->proof, signed_text);
        const bool bound = equal_in_constant_time(last->binding, expected_binding_);
        const bool current = equal_in_constant_time(last->nonce, nonce_);
        if (!proven || !bound || !current || !known_) return refused();
        return success{local_, authzid_,
                       "v=" + to_base64(hmac(settings_.hash, keys_.server_key, signed_text))};
    }

    bool proof_fits(std::string_view proof, std::string_view signed_text) const {
        if (proof.size() != digest_size(settings_.hash)) return false;
        const std::string signature = hmac(settings_.hash, keys_.stored_key, signed_text);
        const std::string client_key = exclusive_or(proof, signature);
        return equal_in_constant_time(digest(settings_.hash, client_key), keys_.stored_key);
    }

    const scram_settings settings_;
    state state_ = state::first;
    std::string local_, authzid_;
    std::string nonce_;
    std::string expected_binding_;
    std::string client_first_bare_, server_first_;
    scram_keys keys_;
    bool known_ = false;
};

}  // namespace

std::unique_ptr<server_mechanism> make_scram(scram_settings settings) {
    return std::make_unique<scram>(std::move(settings));
}

std::string make_nonce() { return to_base64(random_bytes(nonce_bytes)); }

}  // namespace meerkat::sasl
