// Whatever a client sends in whatever order, and whatever its driver answers when asked: the machine ends its
// stream once and last, does nothing afterwards, and takes nobody for authenticated before SASL has
// succeeded.

#include "tests/support/fuzz_check.hpp"
#include "xmpp/stream/negotiation.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <string>

using namespace meerkat;
using namespace meerkat::negotiate;

namespace {

struct one_domain final : surroundings {
    bool serves(std::string_view domain) const override { return domain == "example.org"; }
};

// The input, a byte at a time; zero when it is used up.
class choices {
public:
    choices(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    bool empty() const { return left_ == 0; }
    std::uint8_t next() {
        if (left_ == 0) return 0;
        --left_;
        return *data_++;
    }
    // The rest up to a zero, as XML in message framing.
    std::string text() {
        std::string out;
        for (std::uint8_t c = next(); c != 0; c = next()) out += static_cast<char>(c);
        return out;
    }

private:
    const std::uint8_t* data_;
    std::size_t left_;
};

xml::document element_from(choices& from) {
    constexpr std::string_view names[] = {"auth", "response", "abort", "starttls", "iq", "message", "other"};
    constexpr std::string_view namespaces[] = {ns::client, ns::sasl, ns::tls, ns::sasl2, "urn:other"};
    xml::document e(names[from.next() % std::size(names)], namespaces[from.next() % std::size(namespaces)]);
    const std::uint8_t bits = from.next();
    if ((bits & 1) != 0) e.root().set_attr("type", (bits & 2) != 0 ? "set" : "get");
    if ((bits & 4) != 0) e.root().set_attr("id", "1");
    if ((bits & 8) != 0) e.root().set_attr("mechanism", "PLAIN");
    if ((bits & 16) != 0) e.root().add("bind", ns::bind).add("resource").add_text("x");
    if ((bits & 32) != 0) e.root().add("session", ns::session);
    if ((bits & 64) != 0) e.root().set_attr("type", "error");
    return e;
}

xml::stream_opened opening_from(choices& from) {
    const std::uint8_t bits = from.next();
    xml::document header((bits & 1) != 0 ? "other" : "stream", (bits & 2) != 0 ? ns::client : ns::stream);
    if ((bits & 4) == 0) header.root().set_attr("to", "example.org");
    if ((bits & 8) == 0) header.root().set_attr("version", "1.0");
    if ((bits & 16) != 0) header.root().set_attr("from", "juliet@example.org");
    if ((bits & 32) != 0) header.root().set_attr("lang", xml::xml_ns, "de");
    return {std::move(header), true, (bits & 64) != 0 ? std::string_view("jabber:server") : ns::client};
}

class driver {
public:
    explicit driver(const settings& how) : machine_(how, domain_) {}

    // Whether the machine is still asked: not in an open session, nor after a handshake that failed.
    bool listens() const { return !machine_.established() && !cut_off_; }

    void step(choices& from) {
        if (question_ != nullptr) return answer(from);
        switch (from.next() % 8) {
            case 0:
                return perform(machine_.opened(opening_from(from)));
            case 1:
                return perform(machine_.closed());
            case 2:
                return perform(machine_.timed_out());
            case 3: {
                const auto what = static_cast<xml::violation>(from.next() % 9);
                return perform(machine_.failed({what, "text", (from.next() & 1) != 0}));
            }
            case 4: {
                const std::string text = from.text();
                std::string_view input = text;
                xml::reader reader(xml::framing::message, {});
                auto read = reader.next(input);
                if (!read || !std::holds_alternative<xml::element_read>(*read)) return;
                return perform(machine_.element(std::move(std::get<xml::element_read>(*read).element)));
            }
            default:
                return perform(machine_.element(element_from(from)));
        }
    }

private:
    void answer(choices& from) {
        const bool yes = (from.next() & 1) == 0;
        const auto asked = std::exchange(question_, nullptr);
        (this->*asked)(yes, from);
    }
    void answer_tls(bool yes, choices&) {
        cut_off_ = !yes;
        if (yes) perform(machine_.tls_started());
    }
    void answer_sasl(bool yes, choices& from) {
        if (!yes) return perform(machine_.sasl(sasl::failure{sasl::condition::not_authorized, {}}));
        if ((from.next() & 1) != 0) return perform(machine_.sasl(sasl::challenge{"AA=="}));
        succeeded_ = true;
        perform(machine_.sasl(sasl::success{(from.next() & 1) != 0 ? "juliet" : "romeo", {}, {}}));
    }
    void answer_modules(bool yes, choices&) {
        std::optional<stanza> reply;
        if (yes) reply.emplace(stanza_kind::iq, "result");
        perform(machine_.modules_answered(std::move(reply)));
    }
    void answer_compression(bool yes, choices&) { perform(machine_.compression_started(yes)); }
    void answer_bind(bool yes, choices&) {
        if (!yes) return perform(machine_.bound(id_, stanza_error(stanza_condition::bad_request)));
        perform(machine_.bound(id_, *jid::parse("juliet@example.org/x")));
    }
    void answer_open(bool yes, choices&) {
        std::optional<stanza_error> refusal;
        if (!yes) refusal.emplace(stanza_condition::not_allowed);
        perform(machine_.session_opened(id_, answer_, refusal));
    }

    void perform(const actions& actions_due) {
        FUZZ_CHECK(!ended_ || actions_due.empty());
        for (std::size_t i = 0; i < actions_due.size(); ++i) {
            if (std::holds_alternative<send_header>(actions_due[i])) header_ = true;
            if (std::holds_alternative<go_home>(actions_due[i]))
                FUZZ_CHECK(succeeded_ && machine_.authenticated());
            if (const auto* end = std::get_if<end_stream>(&actions_due[i])) {
                FUZZ_CHECK(i + 1 == actions_due.size());
                FUZZ_CHECK(!end->why || header_);
                ended_ = true;
            }
            take_question(actions_due[i]);
        }
        FUZZ_CHECK(!machine_.authenticated() || succeeded_);
        FUZZ_CHECK(!machine_.established() || machine_.authenticated());
        if (ended_) question_ = nullptr;
    }
    void take_question(const action& each) {
        if (std::holds_alternative<start_tls>(each)) question_ = &driver::answer_tls;
        if (std::holds_alternative<begin_sasl>(each) || std::holds_alternative<continue_sasl>(each))
            question_ = &driver::answer_sasl;
        if (std::holds_alternative<ask_modules>(each)) question_ = &driver::answer_modules;
        if (std::holds_alternative<start_compression>(each)) {
            FUZZ_CHECK(machine_.authenticated());
            question_ = &driver::answer_compression;
        }
        if (const auto* bind = std::get_if<bind_resource>(&each)) {
            question_ = &driver::answer_bind;
            id_ = bind->id;
        }
        if (const auto* open = std::get_if<open_session>(&each)) {
            FUZZ_CHECK(machine_.authenticated());
            question_ = &driver::answer_open;
            id_ = open->id;
            answer_ = open->answer;
        }
    }

    one_domain domain_;
    machine machine_;
    void (driver::*question_)(bool, choices&) = nullptr;
    std::string id_;
    bool answer_ = false;
    bool header_ = false;
    bool succeeded_ = false;
    bool ended_ = false;
    bool cut_off_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices from(data, size);
    settings how;
    const std::uint8_t bits = from.next();
    how.starttls = static_cast<starttls_offer>(bits % 3);
    how.hide_service_name = (bits & 4) != 0;
    how.legacy_session = (bits & 8) != 0;
    how.encrypted = (bits & 16) != 0;
    how.default_domain = "example.org";
    driver run(how);
    while (!from.empty() && run.listens()) run.step(from);
    return 0;
}
