#pragma once
// The real world: this machine, its files, its clock, its name servers.

#include "gateway/doctor/world.hpp"

#include <memory>

namespace meerkat::doctor {

class this_machine final : public world {
public:
    explicit this_machine(std::unique_ptr<resolver> names) : names_(std::move(names)) {}

    std::chrono::system_clock::time_point now() const override;
    std::optional<file_facts> look_at(const std::filesystem::path& file) const override;
    std::optional<std::uint64_t> free_space(const std::filesystem::path& folder) const override;
    std::optional<std::uint64_t> descriptor_limit() const override;
    port_facts try_port(const std::string& ip, std::uint16_t port) const override;
    std::filesystem::path authorities() const override { return {}; }
    resolver& names() override { return *names_; }

private:
    std::unique_ptr<resolver> names_;
};

}  // namespace meerkat::doctor
