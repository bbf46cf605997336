/// @file
/// The open connections of a listener: who owns them, and how many there are.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

namespace agentd::web {

/// Owns what is in it until it leaves; only the web thread looks. Whatever comes later from
/// elsewhere holds a weak pointer and finds nothing.
template <class T> class Crowd {
  public:
    void join(std::shared_ptr<T> one) {
        const T* key = one.get();
        members_.emplace(key, std::move(one));
    }
    void leave(const T* one) { members_.erase(one); }
    std::size_t size() const noexcept { return members_.size(); }
    /// In no order; a copy, so that members may leave while it is gone through.
    std::vector<std::shared_ptr<T>> everybody() const {
        std::vector<std::shared_ptr<T>> all;
        for (const auto& [key, one] : members_) {
            all.push_back(one);
        }
        return all;
    }

  private:
    std::unordered_map<const T*, std::shared_ptr<T>> members_;
};

} // namespace agentd::web
