#pragma once
// A move-only callable: std::function demands copies, and mail between shards carries what can only be moved.

#include <memory>
#include <type_traits>
#include <utility>

namespace meerkat {

template <class Signature>
class unique_function;

// Small callables (up to `inline_size` bytes) are held in place, so that mail to another shard seldom
// allocates.
template <class R, class... Args>
class unique_function<R(Args...)> {
public:
    static constexpr std::size_t inline_size = 88;

    unique_function() = default;
    unique_function(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)

    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, unique_function> &&
                 std::is_invocable_r_v<R, std::remove_cvref_t<F>&, Args...>)
    unique_function(F&& f) {  // NOLINT(google-explicit-constructor, bugprone-forwarding-reference-overload)
        using Held = std::remove_cvref_t<F>;
        if constexpr (fits<Held>) {
            ::new (static_cast<void*>(storage_)) Held(std::forward<F>(f));
            operations_ = &inline_operations<Held>;
        } else {
            ::new (static_cast<void*>(storage_))
                std::unique_ptr<Held>(std::make_unique<Held>(std::forward<F>(f)));
            operations_ = &heap_operations<Held>;
        }
    }

    unique_function(unique_function&& other) noexcept { take(other); }
    unique_function& operator=(unique_function&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    unique_function(const unique_function&) = delete;
    unique_function& operator=(const unique_function&) = delete;
    ~unique_function() { reset(); }

    explicit operator bool() const { return operations_ != nullptr; }

    R operator()(Args... args) { return operations_->call(storage_, std::forward<Args>(args)...); }

private:
    struct operations {
        R (*call)(void*, Args&&...);
        void (*move)(void* to, void* from) noexcept;
        void (*destroy)(void*) noexcept;
    };

    template <class Held>
    static constexpr bool fits = sizeof(Held) <= inline_size && alignof(Held) <= alignof(std::max_align_t) &&
                                 std::is_nothrow_move_constructible_v<Held>;

    // What a callable returns to a function that promises nothing is dropped.
    template <class Held>
    static R call_held(Held& held, Args&&... args) {
        if constexpr (std::is_void_v<R>) {
            held(std::forward<Args>(args)...);
        } else {
            return held(std::forward<Args>(args)...);
        }
    }

    template <class Held>
    static constexpr operations inline_operations{
        [](void* at, Args&&... args) -> R {
            return call_held(*static_cast<Held*>(at), std::forward<Args>(args)...);
        },
        [](void* to, void* from) noexcept {
            ::new (to) Held(std::move(*static_cast<Held*>(from)));
            static_cast<Held*>(from)->~Held();
        },
        [](void* at) noexcept { static_cast<Held*>(at)->~Held(); },
    };

    template <class Held>
    static constexpr operations heap_operations{
        [](void* at, Args&&... args) -> R {
            return call_held(**static_cast<std::unique_ptr<Held>*>(at), std::forward<Args>(args)...);
        },
        [](void* to, void* from) noexcept {
            using Pointer = std::unique_ptr<Held>;
            ::new (to) Pointer(std::move(*static_cast<Pointer*>(from)));
            static_cast<Pointer*>(from)->~Pointer();
        },
        [](void* at) noexcept {
            using Pointer = std::unique_ptr<Held>;
            static_cast<Pointer*>(at)->~Pointer();
        },
    };

    void take(unique_function& other) noexcept {
        if (other.operations_ == nullptr) return;
        other.operations_->move(storage_, other.storage_);
        operations_ = std::exchange(other.operations_, nullptr);
    }
    void reset() noexcept {
        if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
    }

    alignas(std::max_align_t) unsigned char storage_[inline_size];
    const operations* operations_ = nullptr;
};

}  // namespace meerkat
