// The host's CUDA itself: it finds a fault of each kind and none in correct kernels, and its conversions have the
// rounding of CUDA's headers.
#include "host_cuda.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <random>
#include <string>

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "faulty_kernels.hpp"
#include "kernel_checks.hpp"

using namespace intelia;
using faulty::Fault;
using kernel_checks::Device;

namespace {

/** The message of `fault` with 64 threads, under each order. */
void expect(Fault fault, const std::string& message, unsigned num_threads = 64) {
  for (const host_cuda::Order order : host_cuda::kOrders) {
    host_cuda::set_order(order);
    Device<float> to(num_threads);
    const std::string found = faulty::run(fault, to.data(), num_threads);
    CAPTURE(static_cast<int>(fault));
    CAPTURE(static_cast<int>(order));
    CAPTURE(found);
    CHECK(found.find(message) != std::string::npos);
    // The next launch is not affected.
    CHECK(std::string(faulty::run(Fault::none_barrier, to.data(), num_threads)) == "no error");
  }
}

/** What a sanitizer prints about `fault`, in a process of its own, which must end with an error. */
std::string report_of(Fault fault) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    Device<float> to(64);
    faulty::run(fault, to.data(), 64);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t num = 0; (num = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(num));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) != 0);
  return text;
}

void expect_report(Fault fault, const std::string& message) {
  const std::string text = report_of(fault);
  CAPTURE(static_cast<int>(fault));
  CAPTURE(text);
  CHECK(text.find(message) != std::string::npos);
  CHECK(text.find("faulty_kernels.cu") != std::string::npos);
}

std::vector<float> results(Fault fault, host_cuda::Order order) {
  host_cuda::set_order(order);
  Device<float> to(64);
  CHECK(std::string(faulty::run(fault, to.data(), 64)) == "no error");
  return to.values();
}

/** Bits of fp32 numbers around every boundary of a 16-bit type, and random ones. */
template <class Visit>
void visit_floats(Visit&& visit) {
  for (std::uint32_t upper = 0; upper < 65536; ++upper)
    for (const std::uint32_t lower : {0x0000u, 0x0001u, 0x7FFFu, 0x8000u, 0x8001u, 0xFFFFu}) visit(upper << 16 | lower);
  for (std::uint32_t half = 0; half < 65536; ++half) {
    const auto exact = std::bit_cast<std::uint32_t>(kernel_checks::from_half(static_cast<std::uint16_t>(half)));
    for (const std::uint32_t step : {0x0001u, 0x0FFFu, 0x1000u, 0x1001u, 0x1FFFu}) {
      visit(exact + step);
      visit(exact - step);
    }
  }
  std::mt19937 random(5);
  for (int i = 0; i < 500000; ++i) visit(static_cast<std::uint32_t>(random()));
}

bool is_nan(std::uint32_t bits) { return kernel_checks::is_nan(nf4::FloatType::float32, bits); }

}  // namespace

TEST_CASE("correct kernels run without a finding, with the same results in every order") {
  for (const Fault fault : {Fault::none_barrier, Fault::none_warp_barrier, Fault::none_half_warps}) {
    const std::vector<float> expected = results(fault, host_cuda::Order::ascending);
    for (const host_cuda::Order order : host_cuda::kOrders) CHECK(results(fault, order) == expected);
  }
  const std::vector<float> next = results(Fault::none_barrier, host_cuda::Order::shuffled);
  for (std::size_t i = 0; i < 64; ++i) CHECK(next[i] == static_cast<float>((i + 1) % 64));
  const std::vector<float> shuffled = results(Fault::none_half_warps, host_cuda::Order::shuffled);
  CHECK(shuffled[6] == 7);
  CHECK(shuffled[7] == 6);
  CHECK(shuffled[20] == 21 + 19);  // lane 21, and lane 3 of the upper half
  CHECK(shuffled[31] == 31 + 19);  // beyond the half: its own value
}

TEST_CASE("divergent barriers are found") {
  expect(Fault::ended_threads, "divergent barrier: 32 threads of block 0 wait at the barrier faulty_kernels.cu:");
  expect(Fault::other_barrier, "divergent barrier: thread 0 of block 0 waits at faulty_kernels.cu:");
}

TEST_CASE("warp operations whose mask names lanes that do not take part are found") {
  expect(Fault::ended_lanes, "its mask names lane 0, which has ended");
  expect(Fault::missing_lanes, "its mask names lane 8, which the block does not have", 40);
  expect(Fault::barrier_and_shuffle, "its mask names lane 16, which waits at the barrier");
  expect(Fault::not_own_lane, "its own lane is not in the mask");
  expect(Fault::lane_outside_mask, "which is not in the mask");
  expect(Fault::other_shuffle, "warp operations wait for each other");
}

TEST_CASE("races on shared memory are found") {
  // Where the reader runs first, what it reads was not written.
  for (const Fault fault : {Fault::missing_barrier, Fault::warp_barrier_only}) expect(fault, "shared memory");
  expect(Fault::late_barrier, "race on shared memory: thread ");
  expect(Fault::two_writers, "race on shared memory: thread ");
}

TEST_CASE("reads of shared memory that was not written are found") {
  expect(Fault::unwritten, "read of shared memory that was not written, thread 5 of block 0");
  expect(Fault::unwritten_again, "read of shared memory that was not written");
}

TEST_CASE("indices outside shared memory are found") {
  expect(Fault::shared_index, "index 64 outside shared memory of 64, thread 63");
  expect(Fault::shared_negative, "index -1 outside shared memory of 64, thread 0");
}

#if defined(__SANITIZE_ADDRESS__)
TEST_CASE("indices outside global memory, misaligned accesses and undefined behavior are found by the sanitizers") {
  expect_report(Fault::global_read, "heap-buffer-overflow");
  expect_report(Fault::global_write, "heap-buffer-overflow");
  expect_report(Fault::misaligned, "misaligned address");
  expect_report(Fault::local_index, "index 4 out of bounds");
  expect_report(Fault::local_pointer, "stack-buffer-overflow");
  expect_report(Fault::shift, "shift exponent 32 is too large");
}
#else
#error "the kernels on the host are tested with the address sanitizer"
#endif

TEST_CASE("a result that depends on the order of the threads is found by the three orders") {
  CHECK(results(Fault::order, host_cuda::Order::ascending)[0] == 63);
  CHECK(results(Fault::order, host_cuda::Order::descending)[0] == 0);
  const float shuffled = results(Fault::order, host_cuda::Order::shuffled)[0];
  CHECK(shuffled != 63);
  CHECK(shuffled != 0);
}

TEST_CASE("a launch that a GPU would refuse is refused") {
  Device<float> to(1);
  for (const unsigned num_threads : {0u, 1025u})
    CHECK(std::string(faulty::run(Fault::none_barrier, to.data(), num_threads)) == "invalid configuration argument");
}

TEST_CASE("halves and bf16 numbers convert to fp32 exactly") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<unsigned short>(bits);
    const auto from_half = std::bit_cast<std::uint32_t>(__half2float(__half{half}));
    const bool is_nan_half = kernel_checks::is_nan(nf4::FloatType::float16, bits);
    const std::uint32_t expected =
        is_nan_half ? 0x7FFFFFFFu : std::bit_cast<std::uint32_t>(kernel_checks::from_half(half));
    const bool is_right = from_half == expected;
    const bool is_right_bf16 = std::bit_cast<std::uint32_t>(__bfloat162float(__nv_bfloat16{half})) == bits << 16;
    if (!is_right || !is_right_bf16) FAIL_CHECK(bits);
  }
}

TEST_CASE("fp32 numbers round to the nearest half and bf16 number, the even one of two") {
  int num_checked = 0;
  visit_floats([&](std::uint32_t bits) {
    const auto value = std::bit_cast<float>(bits);
    const std::uint32_t half = __float2half_rn(value).bits, bf16 = __float2bfloat16_rn(value).bits;
    // The two bf16 numbers around `value`; a carry out of the fraction reaches the next exponent, and infinity.
    const std::uint32_t below = bits >> 16, rest = bits & 0xFFFFu;
    const bool goes_up = rest > 0x8000u || (rest == 0x8000u && below % 2 == 1);
    const std::uint32_t expected_bf16 = is_nan(bits) ? 0x7FFFu : below + (goes_up ? 1 : 0);
    const std::uint32_t expected_half = is_nan(bits) ? 0x7FFFu : kernel_checks::to_half(value);
    if (half != expected_half || bf16 != expected_bf16) FAIL_CHECK(bits);
    ++num_checked;
  });
  CHECK(num_checked > 1'000'000);
}

#if defined(INTELIA_CUDA_HEADERS)
extern "C" {
unsigned short toolkit_float_to_half(float value);
unsigned short toolkit_float_to_bf16(float value);
float toolkit_half_to_float(unsigned short bits);
float toolkit_bf16_to_float(unsigned short bits);
}

TEST_CASE("the conversions have the bits of the toolkit's headers") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<unsigned short>(bits);
    const bool is_right = std::bit_cast<std::uint32_t>(__half2float(__half{half})) ==
                          std::bit_cast<std::uint32_t>(toolkit_half_to_float(half));
    const bool is_right_bf16 = std::bit_cast<std::uint32_t>(__bfloat162float(__nv_bfloat16{half})) ==
                               std::bit_cast<std::uint32_t>(toolkit_bf16_to_float(half));
    if (!is_right || !is_right_bf16) FAIL_CHECK(bits);
  }
  visit_floats([](std::uint32_t bits) {
    const auto value = std::bit_cast<float>(bits);
    const bool is_right = __float2half_rn(value).bits == toolkit_float_to_half(value) &&
                          __float2bfloat16_rn(value).bits == toolkit_float_to_bf16(value);
    if (!is_right) FAIL_CHECK(bits);
  });
}
#else
TEST_CASE("the conversions have the bits of the toolkit's headers") { MESSAGE("skipped: no CUDA toolkit"); }
#endif
