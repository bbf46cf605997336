/// @file
/// The index of a host's options and packages, as a planner of words wants to see it.
#pragma once

#include "agentd/planners/catalog.hpp"
#include "evaluator/index/option_index.hpp"

namespace agentd::planners {

/// The index lives longer.
class IndexView final : public CatalogView {
  public:
    explicit IndexView(const evaluator::OptionIndex& index) : index_(index) {}
    bool has_package(std::string_view attribute) const override {
        return index_.package(attribute).has_value();
    }
    std::optional<std::string> service_option(std::string_view service) const override {
        return index_.has_service(service)
                   ? std::optional("services." + std::string(service) + ".enable")
                   : std::nullopt;
    }
    bool has_option(std::string_view path) const override {
        return index_.option(path).has_value();
    }
    std::vector<std::string> nearest_packages(std::string_view wanted) const override {
        return index_.nearest_packages(wanted);
    }
    std::vector<std::string> nearest_services(std::string_view wanted) const override {
        return index_.nearest_services(wanted);
    }

  private:
    const evaluator::OptionIndex& index_;
};

} // namespace agentd::planners
