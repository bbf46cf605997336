/// @file
/// A control plane that notes what it was asked and answers what a test says.
#pragma once

#include "web/control_plane.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace agentd::test {

class FakePlane final : public web::ControlPlane {
  public:
    struct Call {
        web::Caller caller;
        std::string method;
        nlohmann::json params;
    };
    using Reply = std::function<void(const Call&, const OnEvent&, const Done&)>;

    void call(web::Caller caller, std::string method, nlohmann::json params, OnEvent on_event,
              Done done) override {
        const Call noted{std::move(caller), std::move(method), std::move(params)};
        {
            const std::lock_guard lock(mutex_);
            calls_.push_back(noted);
        }
        reply(noted, on_event, done);
    }
    std::vector<Call> calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

    Reply reply = [](const Call& call, const OnEvent&, const Done& done) {
        if (call.method == "pair.enrol") {
            return done(good(R"({"key_id":"SHA256:phone","name":"alice-phone"})"));
        }
        if (call.method == "session.check" || call.method == "session.login") {
            return done(good(
                nlohmann::json{{"key_id", call.params["key_id"]}, {"name", "alice-phone"}}.dump()));
        }
        done(good(R"({"did":")" + call.method + "\"}"));
    };

    static web::Answer good(std::string body) { return {.ok = true, .body = std::move(body)}; }
    static web::Answer bad(const std::string& code) {
        return {.ok = false,
                .body = R"({"code":")" + code +
                        R"(","message":"no","where":null,"hint":null,"exit":1})",
                .code = code};
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Call> calls_;
};

} // namespace agentd::test
